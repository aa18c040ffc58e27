import type { World } from '../world/world';
import type { Log } from './logs';

interface Open {
  text: string;
  /** Names that it held when another one was adopted. */
  outdated: Set<string>;
}

/** In the end no open commitment holds a name that was given up while it was open. Told without any fold of the system. */
export function checkNames(world: World, { mind, events }: Log): void {
  const open = new Map<string, Open>();
  let name: string | null = null;
  for (const { kind, content, meta } of events) {
    const cid = String(meta.cid);
    const known = open.get(cid);
    if (kind === 'commitment_open') open.set(cid, { text: content, outdated: new Set() });
    else if (kind === 'commitment_close' || kind === 'commitment_expire') open.delete(cid);
    else if (known && (kind === 'commitment_rebind' || kind === 'commitment_update')) known.text = content;
    else if (kind === 'identity_clear') name = null;
    else if (kind === 'identity_adopt') {
      for (const { text, outdated } of open.values()) if (name && holds(text, name)) outdated.add(name);
      name = String(meta.name);
    }
  }
  for (const [cid, { text, outdated }] of open)
    for (const old of outdated)
      if (old !== name && holds(text, old))
        world.violated('a duty is done in the end', `${mind} ${cid} still says ${old}: ${text}`);
}

const holds = (text: string, name: string): boolean => text.split(/[^\p{L}\p{N}_-]+/u).includes(name);
