import { z } from 'zod';
import { freePort, isFree } from './ports';
import { readIfThere, writeWhole } from './small-files';

const portsSchema = z.object({
  postgresPort: z.number().int().optional(),
  natsPort: z.number().int().optional(),
});
type Ports = z.infer<typeof portsSchema>;

/**
 * The ports chosen at the first start, so that an operator's tools find the servers again. Answers the
 * remembered port while it is free, else another one, which is then remembered.
 */
export async function rememberedPort(file: string, name: keyof Ports): Promise<number> {
  const ports = readPorts(file);
  const kept = ports[name];
  if (kept !== undefined && (await isFree('127.0.0.1', kept))) return kept;
  const port = await freePort();
  writeWhole(file, `${JSON.stringify({ ...ports, [name]: port }, null, 2)}\n`);
  return port;
}

/** A damaged file only means that ports are chosen anew. */
function readPorts(file: string): Ports {
  try {
    return portsSchema.safeParse(JSON.parse(readIfThere(file) ?? '{}')).data ?? {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}
