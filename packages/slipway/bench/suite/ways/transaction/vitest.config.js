import { withPlugin } from '../common/plugin.js';

export default withPlugin({ url: false });
