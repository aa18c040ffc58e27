import { closeSync, fstatSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { codeOf } from './small-files';

const defaultMaxBytes = 8 * 1024 * 1024;
const tailBytes = 64 * 1024;

/**
 * A log on disk that starts anew with each start and never grows beyond two files of `maxBytes`: the full
 * one becomes `<path>.1`. Written at once and in order, so that nothing is lost when the process is killed.
 */
export class LogFile {
  readonly path: string;
  readonly #maxBytes: number;
  /** Null when the next one could not be opened. */
  #file: number | null;
  #size = 0;
  #lost = false;
  #closed = false;

  constructor(path: string, maxBytes = defaultMaxBytes) {
    this.path = path;
    this.#maxBytes = maxBytes;
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    rotate(path);
    this.#file = open(path);
  }

  /** After `close` it is ignored: a pipe may still hold the last words of a process that is gone. */
  write(chunk: Buffer | string): void {
    if (this.#closed) return;
    try {
      const file = this.#size >= this.#maxBytes ? this.#startAnew() : (this.#file ??= open(this.path));
      this.#size += typeof chunk === 'string' ? writeSync(file, chunk) : writeSync(file, chunk);
    } catch (error) {
      this.#reportLoss(error);
    }
  }

  /** The last lines written, oldest first. */
  tail(lines: number): string[] {
    const text = readFileSync(this.path, 'utf8').slice(-tailBytes).trimEnd();
    return text === '' ? [] : text.split('\n').slice(-lines);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#file !== null) closeSync(this.#file);
  }

  #startAnew(): number {
    if (this.#file !== null) closeSync(this.#file);
    this.#file = null;
    rotate(this.path);
    this.#file = open(this.path);
    this.#size = fstatSync(this.#file).size;
    return this.#file;
  }

  /** A full disk must not stop the system with it; it is said once. */
  #reportLoss(error: unknown): void {
    if (this.#lost) return;
    this.#lost = true;
    process.stderr.write(`${this.path} can't be written (${codeOf(error)}): lines of the log are lost.\n`);
  }
}

function open(path: string): number {
  return openSync(path, 'a', 0o600);
}

function rotate(path: string): void {
  try {
    renameSync(path, `${path}.1`);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
}
