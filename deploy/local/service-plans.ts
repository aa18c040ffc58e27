import { httpService, logService } from './service-list';
import { instanceName, type ServicePlan } from './supervisor';

/** What the services of one system are told. */
export interface Surroundings {
  /** The environment of the start itself, in which their own settings are. */
  env: NodeJS.ProcessEnv;
  httpHost: string;
  /** Of the gateway's first replica; the next ones listen on the ports after it. */
  httpPort: number;
  natsUrl: string;
  postgresUrl: string;
  dataDir: string;
  replicas: Record<string, number>;
}

/** How each service of these stages is run. */
export function planServices(
  stages: readonly (readonly string[])[],
  surroundings: Surroundings,
  fileOf: (service: string) => string,
): ServicePlan[][] {
  const plan = (name: string): ServicePlan => ({
    name,
    file: fileOf(name),
    replicas: surroundings.replicas[name] ?? 1,
    env: (replica) => environmentOf(name, replica, surroundings),
  });
  return stages.map((stage) => stage.map(plan));
}

/** The database's address, with its password, goes to the one service that may use it. */
function environmentOf(name: string, replica: number, surroundings: Surroundings): NodeJS.ProcessEnv {
  const port = surroundings.httpPort + (name === httpService ? replica : 0);
  return {
    ...surroundings.env,
    PMM_REPLICAS: undefined,
    // No two processes can have one port; the gateway answers for itself on its own.
    PMM_HEALTH_PORT: undefined,
    PMM_INSTANCE: instanceName(name, replica),
    PMM_DATA_DIR: surroundings.dataDir,
    PMM_NATS_URL: surroundings.natsUrl,
    PMM_HTTP_HOST: surroundings.httpHost,
    PMM_HTTP_PORT: String(port),
    PMM_POSTGRES_URL: name === logService ? surroundings.postgresUrl : undefined,
  };
}
