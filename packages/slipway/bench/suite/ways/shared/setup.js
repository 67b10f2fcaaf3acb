import { startSharedServer } from '../common/shared-server.js';

export default async function setup(project) {
	const server = await startSharedServer();
	project.provide('app', server.app);
	return () => server.stop();
}
