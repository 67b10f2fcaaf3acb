import type { OwnProvider } from '../provider-names.ts';
import { container } from './container/index.ts';
import { embedded } from './embedded/index.ts';
import type { Provider } from './provider.ts';

/** Every provider that starts servers of Slipway's own. */
export const providers: Readonly<Record<OwnProvider, Provider>> = { embedded, container };
