import { createInterface } from 'node:readline';
import type { Shell } from '../shell';

/**
 * The lines of the input, one at a time: the next one is asked for when the caller comes back for it. With a prompt it
 * is a terminal's line editor; Ctrl-C and Ctrl-D end it.
 */
export async function* readLines({ stdin, stdout }: Shell, prompt: string): AsyncGenerator<string, void> {
  const terminal = prompt !== '';
  const lines = createInterface({ input: stdin, output: terminal ? stdout : undefined, terminal, prompt });
  try {
    if (terminal) lines.prompt();
    for await (const line of lines) {
      yield line;
      if (terminal) lines.prompt();
    }
  } finally {
    lines.close();
  }
}
