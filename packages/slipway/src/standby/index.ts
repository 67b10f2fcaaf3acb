export { type Broker, type BrokerOptions, type StandbyServer, startBroker } from './broker.ts';
export { type BorrowedServer, borrowServer } from './loan.ts';
export type { BrokerAddress, Logins } from './messages.ts';
