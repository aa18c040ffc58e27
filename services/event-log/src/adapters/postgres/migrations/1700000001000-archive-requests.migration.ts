import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A request to archive a mind that comes late, after its opposite, is known by its id. */
export class ArchiveRequests1700000001000 implements MigrationInterface {
  name = 'ArchiveRequests1700000001000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE minds ADD COLUMN archive_requests uuid[] NOT NULL DEFAULT '{}'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE minds DROP COLUMN archive_requests');
  }
}
