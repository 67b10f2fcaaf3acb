import { startContainer } from '../../../src/postgres/index.ts';
import { testProvider } from '../provider-conformance.ts';
import { describeWithEngine, image } from './engine.ts';

describeWithEngine('a server in a container', () => {
	testProvider(() => startContainer({ image }));
});
