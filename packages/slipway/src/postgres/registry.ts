import type { OwnProvider } from '../provider-names.ts';
import { container } from './container/index.ts';
import { embedded } from './embedded/index.ts';
import type { Provider } from './provider.ts';

/** The providers that start servers. `external` only connects to one. */
export const providers: Readonly<Record<OwnProvider, Provider>> = { embedded, container };
