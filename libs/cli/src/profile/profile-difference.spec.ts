import type { SystemReply } from '#libs/client';
import { profileDifference } from './profile-difference';

const report = (services: Record<string, { counters: object; seconds?: object }>) =>
  ({
    services: Object.fromEntries(
      Object.entries(services).map(([service, { counters, seconds = {} }]) => [
        service,
        { counters, seconds },
      ]),
    ),
  }) as unknown as SystemReply;

it('counts what has grown, by service', () => {
  const before = report({
    'event-log': {
      counters: {
        'pmm_log_reads_total{purpose="broadcast",source="memory"}': 10,
        'pmm_appends_total{result="ok"}': 4,
      },
      seconds: { pmm_request_seconds: 1 },
    },
    projection: {
      counters: { 'pmm_batches_total{result="folded"}': 7, 'pmm_events_folded_total{path="live"}': 20 },
      seconds: { pmm_fold_seconds: 0.5, pmm_decide_seconds: 0.25, pmm_request_seconds: 3 },
    },
  });
  const after = report({
    'event-log': {
      counters: {
        'pmm_log_reads_total{purpose="broadcast",source="memory"}': 12,
        'pmm_log_reads_total{purpose="query",source="postgres"}': 1,
        'pmm_appends_total{result="ok"}': 7,
        pmm_appended_events_total: 99,
      },
      seconds: { pmm_request_seconds: 1.0025 },
    },
    projection: {
      counters: {
        'pmm_batches_total{result="folded"}': 9,
        'pmm_events_folded_total{path="live"}': 23,
        pmm_appends_asked_total: 2,
        'pmm_bytes_total{what="batch"}': 900,
        'pmm_bytes_total{what="reply"}': 50,
      },
      seconds: {
        ...{ pmm_fold_seconds: 0.501, pmm_decide_seconds: 0.2504, pmm_request_seconds: 4 },
        ...{ pmm_append_seconds: 0.003, pmm_log_read_seconds: 0.001 },
      },
    },
    commitment: { counters: { 'pmm_log_reads_asked_total{purpose="warmup"}': 1 } },
  });
  const costs = profileDifference(before, after);
  expect(costs['event-log']).toEqual({
    readsAsked: 0,
    readsFromMemory: 2,
    readsFromPostgres: 1,
    batches: 0,
    folded: 0,
    appends: 3,
    bytes: 0,
    foldMs: 0,
    decideMs: 0,
    waitMs: 0,
    requestMs: 2.5,
  });
  expect(costs.projection).toMatchObject({ batches: 2, folded: 3, appends: 2, bytes: 950 });
  expect(costs.projection).toMatchObject({ foldMs: 0.6, decideMs: 0.4, waitMs: 4, requestMs: 1000 });
  expect(costs.commitment).toMatchObject({ readsAsked: 1, requestMs: 0 });
});
