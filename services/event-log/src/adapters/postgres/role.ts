import type { DataSource } from 'typeorm';

/** The role of every pooled connection: it can read, and add, and change what a mind's settings need. */
export const APP_ROLE = 'pmm_event_log';

/**
 * Makes the role if this server has none, lets the URL's role take it on, and grants exactly what the service does.
 * Repeated at each start, so that a restored dump or a second database on the same server has its grants too.
 */
export async function grantAppRole(source: DataSource): Promise<void> {
  await source.query(CREATE_ROLE);
  for (const statement of GRANTS) await source.query(statement);
}

/** A role belongs to the whole server: another database may create it at this moment. */
const CREATE_ROLE = `DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${APP_ROLE}') THEN
    CREATE ROLE ${APP_ROLE} NOLOGIN;
  END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
  NULL;
END $$`;

/** Since PostgreSQL 16 who creates a role may give it away, but not take it on. */
const TAKE_ON_ROLE = `DO $$
DECLARE
  modern boolean := current_setting('server_version_num')::int >= 160000;
BEGIN
  IF NOT pg_has_role(current_user, '${APP_ROLE}', CASE WHEN modern THEN 'SET' ELSE 'MEMBER' END) THEN
    EXECUTE format('GRANT ${APP_ROLE} TO %I', current_user) || CASE WHEN modern THEN ' WITH SET TRUE' ELSE '' END;
  END IF;
END $$`;

const GRANTS = [
  TAKE_ON_ROLE,
  `DO $$ BEGIN EXECUTE format('GRANT USAGE ON SCHEMA %I TO ${APP_ROLE}', current_schema()); END $$`,
  `GRANT SELECT, INSERT ON events, minds, settings TO ${APP_ROLE}`,
  `GRANT UPDATE (archived_at, archive_requests, imported_to) ON minds TO ${APP_ROLE}`,
];
