import { Test } from '@nestjs/testing';
import { LibraryModule } from '../src/library';

export async function startApp() {
	const module = await Test.createTestingModule({ imports: [LibraryModule] }).compile();
	return module.createNestApplication().init();
}
