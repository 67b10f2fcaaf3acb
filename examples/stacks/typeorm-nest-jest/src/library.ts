import { Body, ConflictException, Controller, Get, Module, Post } from '@nestjs/common';
import { InjectRepository, TypeOrmModule } from '@nestjs/typeorm';
import { QueryFailedError, type Repository } from 'typeorm';
import { Book } from './book';
import { options } from './data-source';

@Controller('books')
export class BooksController {
	constructor(@InjectRepository(Book) private readonly books: Repository<Book>) {}

	@Get()
	list(): Promise<Book[]> {
		return this.books.find({ order: { id: 'ASC' } });
	}

	@Post()
	async add(@Body() { isbn, title }: Book): Promise<Book> {
		try {
			return await this.books.save({ isbn, title });
		} catch (error) {
			if (error instanceof QueryFailedError && error.driverError.code === '23505')
				throw new ConflictException();
			throw error;
		}
	}
}

@Module({
	imports: [TypeOrmModule.forRoot(options), TypeOrmModule.forFeature([Book])],
	controllers: [BooksController],
})
export class LibraryModule {}
