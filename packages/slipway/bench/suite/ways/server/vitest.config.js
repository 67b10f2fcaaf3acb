import conditions from '../../conditions.json' with { type: 'json' };
import { withPlugin } from '../common/plugin.js';

// Without isolation, the server in DATABASE_URL would belong to the worker, and not to the file.
export default withPlugin(conditions.isolate ? {} : { url: false });
