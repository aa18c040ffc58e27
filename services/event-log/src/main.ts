import { runService } from '#libs/service';
import { migrate } from './adapters/postgres/database';
import { eventLogSettings } from './config';
import { EventLogModule } from './event-log.module';

void runService({
  name: 'event-log',
  description: 'keeps the log of every mind on PostgreSQL: append, read, verify, export, import',
  settings: eventLogSettings,
  module: () => EventLogModule,
  prepare: (config) => migrate(config.PMM_POSTGRES_URL, config.PMM_SHARDS),
  checkShards: false,
});
