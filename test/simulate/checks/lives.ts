import type { History } from '../load/history';
import type { World } from '../world/world';
import type { Log } from './logs';

/** Who was told that a mind was made finds it. */
export function checkCreated(world: World, { created }: History): void {
  for (const mind of created)
    if (!world.database.minds.has(mind)) world.violated('a mind that was made is there', mind);
}

/** A mind that was taken out of the archive is not in it, however late a copy of an older request came. */
export function checkRested(world: World, { rested }: History): void {
  for (const mind of rested)
    if (world.database.isArchived(mind))
      world.violated('a mind that was taken out of the archive stays out', mind);
}

/** A file is in a log as a whole, before anything else, or not at all; and who was told that it is finds it. */
export function checkFiles(world: World, { mind, rows, importedTo }: Log, { files }: History): void {
  for (const { ids, headHash } of files.filter((file) => file.mind === mind)) {
    const found = rows.filter(({ id }) => ids.includes(id)).length;
    const isFirst = ids.every((id, index) => rows[index]?.id === id);
    const isWhole = isFirst && found === ids.length && importedTo === found;
    if (!isWhole && (found > 0 || importedTo > 0))
      world.violated(
        'a file is imported as a whole',
        `${mind}: ${found} of ${ids.length}, imported to ${importedTo}`,
      );
    if (headHash !== undefined && rows[ids.length - 1]?.hash !== headHash)
      world.violated('what is acknowledged is in the log', `${mind}: its import`);
  }
}
