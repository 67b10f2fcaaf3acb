import type { MigrationInterface, QueryRunner } from 'typeorm';

export class IsbnOnce1794128400000 implements MigrationInterface {
	async up(queryRunner: QueryRunner): Promise<void> {
		await queryRunner.query(`ALTER TABLE "book" ADD CONSTRAINT "book_isbn" UNIQUE ("isbn")`);
	}

	async down(queryRunner: QueryRunner): Promise<void> {
		await queryRunner.query(`ALTER TABLE "book" DROP CONSTRAINT "book_isbn"`);
	}
}
