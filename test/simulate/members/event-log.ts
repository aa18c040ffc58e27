import { subjects } from '#libs/contracts';
import { LogController } from '../../../services/event-log/src/adapters/log.controller';
import { assembleEventLog } from '../../../services/event-log/src/compose';
import type { LogMeter } from '../../../services/event-log/src/app/log-meter.port';
import { storesOf } from '../world/stores';
import { SHARDS } from '../world/world';
import type { MemberContext } from './context';
import { serve } from './controllers';
import { memberOf, type Member } from './member';

const noMeter: LogMeter = {
  read: () => undefined,
  appended: () => undefined,
  committed: () => undefined,
  judged: () => undefined,
};

export interface EventLogMember extends Member {
  connectionLost(): void;
}

export function eventLogMember(context: MemberContext, { tailBytes }: { tailBytes: number }): EventLogMember {
  const { world, process, link, ownership, clock, log, transport } = context;
  const eventLog = assembleEventLog(storesOf(world.database, process), {
    ...{ shards: SHARDS, tailBytes, clock, meter: noMeter },
    publish: (shard, spans, again) =>
      link.publish(subjects.appended(shard), again ? { spans, again } : { spans }),
    owns: (shard) => ownership.owns(shard),
    warn: (message, error) => log.error(message, error),
  });
  const config = { PMM_SHARDS: SHARDS } as ConstructorParameters<typeof LogController>[1];
  serve(transport, new LogController(eventLog, config));
  const member = memberOf(context, {
    bootstrap: () => {
      ownership.onTake((shard) => eventLog.keeper.take(shard));
      ownership.onRelease((shard) => eventLog.keeper.release(shard));
      ownership.onReturn(() => eventLog.keeper.returned());
    },
    shutdown: () => eventLog.close(),
  });
  return { ...member, connectionLost: () => eventLog.connectionLost() };
}
