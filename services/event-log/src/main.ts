import { runService } from '#libs/service';
import { EVENT_LOG } from './adapters/log.controller';
import { migrate } from './adapters/postgres/database';
import type { PostgresEventLog } from './compose';
import { eventLogSettings } from './config';
import { EventLogModule } from './event-log.module';

void runService({
  name: 'event-log',
  description: 'keeps the log of every mind on PostgreSQL: append, read, verify, export, import',
  settings: eventLogSettings,
  module: () => EventLogModule,
  prepare: (config) => migrate(config.PMM_POSTGRES_URL, config.PMM_SHARDS),
  reliesOn: (application) => application.get<PostgresEventLog>(EVENT_LOG).askDatabase(),
  checkShards: false,
});
