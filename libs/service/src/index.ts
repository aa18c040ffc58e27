export {
  baseSettings,
  cacheSettings,
  describeSettings,
  readSettings,
  SettingsError,
  wholeNumber,
} from './settings';
export type { BaseSettings, CacheEnvironment } from './settings';
export { createPino, NestLog, toLog } from './logging';
export { CLOCK, ContextModule, INSTANCE, LOG, SERVICE_CONFIG, type ServiceContext } from './context.module';
export { PassErrorsFilter } from './app-error.filter';
export { runService, VERSION, type ServiceOptions } from './run-service';
export { StatefulModule, type StatefulOptions } from './stateful.module';
export { FEED_SERVICE, FeedController } from './feed.controller';
