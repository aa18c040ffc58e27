import type { Msg } from 'nats';
import type { ServiceName, ServiceStats } from '#libs/contracts';
import type { Link } from './link';

export interface ProtocolOptions {
  service: ServiceName;
  instance: string;
  version: string;
  description: string;
  /** Whether this member serves by now; told as `metadata.serving`. */
  serves: () => boolean;
  endpoints: () => { name: string; subject: string }[];
  stats: () => Promise<ServiceStats>;
}

const TYPES = 'io.nats.micro.v1';

/**
 * The NATS service protocol (ADR-32): answers `$SRV.PING`, `$SRV.INFO` and `$SRV.STATS`, each also with the service's
 * name and with its name and instance, so that `nats micro ls` and `stats` show this member.
 */
export function answerServiceProtocol(
  link: Link,
  options: ProtocolOptions,
  onError: (error: unknown) => void,
): void {
  const identity = () => ({
    ...{ name: options.service, id: options.instance, version: options.version },
    metadata: { serving: String(options.serves()) },
  });
  const answers: Record<string, () => Promise<unknown>> = {
    PING: () => Promise.resolve({ type: `${TYPES}.ping_response`, ...identity() }),
    INFO: () =>
      Promise.resolve({
        type: `${TYPES}.info_response`,
        ...identity(),
        description: options.description,
        endpoints: options.endpoints().map((endpoint) => ({ ...endpoint, queue_group: '', metadata: {} })),
      }),
    STATS: () => options.stats().then((data) => statsReply(identity(), options.endpoints(), data)),
  };
  for (const [verb, answer] of Object.entries(answers)) {
    const respond = (message: Msg) => {
      answer()
        .then((reply) => message.respond(JSON.stringify(reply)))
        .catch(onError);
    };
    link.subscribe(`$SRV.${verb}`, respond);
    link.subscribe(`$SRV.${verb}.${options.service}`, respond);
    link.subscribe(`$SRV.${verb}.${options.service}.${options.instance}`, respond);
  }
}

function statsReply(identity: object, endpoints: { name: string; subject: string }[], data: ServiceStats) {
  return {
    type: `${TYPES}.stats_response`,
    ...identity,
    started: data.startedAt,
    endpoints: endpoints.map((endpoint) => ({
      ...endpoint,
      queue_group: '',
      num_requests: sumOf(data.counters, endpoint.name, () => true),
      num_errors: sumOf(data.counters, endpoint.name, (key) => !key.includes('result="ok"')),
      last_error: '',
      processing_time: 0,
      average_processing_time: 0,
    })),
    data,
  };
}

const sumOf = (counters: Record<string, number>, verb: string, wanted: (key: string) => boolean): number =>
  Object.entries(counters)
    .filter(([key]) => key.startsWith('pmm_requests_total{') && key.includes(`verb="${verb}"`) && wanted(key))
    .reduce((sum, [, value]) => sum + value, 0);
