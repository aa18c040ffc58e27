import { BUGS } from './bugs';
import { runChunk, type Chunk } from './runs';

/** One of several processes that share the seeds of a run. */
process.on('message', (chunk: Chunk) => {
  const bug = BUGS.find(({ name }) => name === chunk.bug);
  runChunk(chunk, bug).then(
    (result) => process.send?.(result),
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
      process.exit(1);
    },
  );
});
