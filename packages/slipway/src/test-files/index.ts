export type { BrokerAddress } from '../server-pool/index.ts';
export { ensureBroker } from './broker.ts';
export { type ClientSockets, watchClientSockets } from './client-sockets.ts';
export { setVariables } from './environment.ts';
export { type FileServer, startFileServer } from './file-server.ts';
export { environmentShape, type TestFileOptions } from './options.ts';
export { hintAtRefusals } from './refusals.ts';
export { reportRefusalsAtExit } from './report-at-exit.ts';
export { shownError } from './shown-error.ts';
