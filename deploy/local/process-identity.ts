import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readIfThere } from './small-files';

const hasProc = existsSync('/proc/self/stat');

/** Start time of a process, the 22nd field of its stat line; the name before it may contain spaces. */
const startTimeField = 19;

function askPs(pid: number, column: string): string | undefined {
  const { stdout, status } = spawnSync('ps', ['-o', `${column}=`, '-p', String(pid)], { encoding: 'utf8' });
  return status === 0 && stdout.trim() !== '' ? stdout.trim() : undefined;
}

/**
 * Names one run of one process: process numbers are given again, above all in containers and after a
 * restart of the machine. Undefined when no such process runs; a process that ended but was not yet
 * waited for counts as not running.
 */
export function identityOf(pid: number): string | undefined {
  if (!hasProc) return askPs(pid, 'lstart');
  const stat = readIfThere(`/proc/${pid}/stat`);
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (!fields || fields[0] === 'Z' || fields[0] === 'X') return undefined;
  return `${readIfThere('/proc/sys/kernel/random/boot_id')?.trim()}:${fields[startTimeField]}`;
}

/** The command line of a running process, its words separated by spaces; undefined when there is none. */
export function commandLineOf(pid: number): string | undefined {
  if (!hasProc) return askPs(pid, 'command');
  const words = readIfThere(`/proc/${pid}/cmdline`)?.split('\0').join(' ').trim();
  return words === '' ? undefined : words;
}
