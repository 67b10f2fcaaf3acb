import { startContainer } from '../../../src/postgres/index.ts';
import { describeWithEngine, image } from '../../helpers/engine.ts';
import { testProvider } from '../provider-conformance.ts';

describeWithEngine('a server in a container', () => {
	testProvider(() => startContainer({ image }));
});
