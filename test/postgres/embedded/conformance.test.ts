import { startEmbedded } from '../../../src/postgres/index.ts';
import { testProvider } from '../provider-conformance.ts';

testProvider(() => startEmbedded());
