import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Books1793523600000 implements MigrationInterface {
	async up(queryRunner: QueryRunner): Promise<void> {
		await queryRunner.query(
			`CREATE TABLE "book" ("id" SERIAL PRIMARY KEY, "isbn" character varying NOT NULL, "title" character varying NOT NULL)`,
		);
	}

	async down(queryRunner: QueryRunner): Promise<void> {
		await queryRunner.query(`DROP TABLE "book"`);
	}
}
