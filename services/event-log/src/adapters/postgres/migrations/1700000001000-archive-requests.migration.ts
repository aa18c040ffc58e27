import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A request to archive a mind that comes late, after its opposite, is known by its id. The index tells an append at once that none
 * of its minds is archived.
 */
export class ArchiveRequests1700000001000 implements MigrationInterface {
  name = 'ArchiveRequests1700000001000';

  /** Gives up soon: whoever reads `minds` waits behind a statement that waits to change it. */
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`SET LOCAL lock_timeout = '2s'`);
    await runner.query(`ALTER TABLE minds ADD COLUMN archive_requests uuid[] NOT NULL DEFAULT '{}'`);
    await runner.query('CREATE INDEX minds_archived ON minds (id) WHERE archived_at IS NOT NULL');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX minds_archived');
    await runner.query('ALTER TABLE minds DROP COLUMN archive_requests');
  }
}
