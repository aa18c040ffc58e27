import { createInterface } from 'node:readline';
import type { Shell } from '../shell';

export interface InputLines {
  /** One at a time: the next one is asked for when the caller comes back for it. */
  lines: AsyncGenerator<string, void>;
  /** Fires when a person has left, also while the answer to a line is awaited. A pipe may end before its lines are answered. */
  left: AbortSignal;
}

/** The lines of the input. With a prompt it is a terminal's line editor; Ctrl-C and Ctrl-D end it. */
export function readLines({ stdin, stdout }: Shell, prompt: string): InputLines {
  const terminal = prompt !== '';
  const editor = createInterface({ input: stdin, output: terminal ? stdout : undefined, terminal, prompt });
  const left = new AbortController();
  if (terminal) editor.once('close', () => left.abort());
  return { lines: linesOf(editor, terminal ? left.signal : null), left: left.signal };
}

/** @param left Of a terminal: an editor that is closed must not be asked for another line. */
async function* linesOf(
  editor: ReturnType<typeof createInterface>,
  left: AbortSignal | null,
): AsyncGenerator<string, void> {
  try {
    if (left) editor.prompt();
    for await (const line of editor) {
      if (left?.aborted) return;
      yield line;
      if (left?.aborted) return;
      if (left) editor.prompt();
    }
  } finally {
    editor.close();
  }
}
