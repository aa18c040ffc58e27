import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identityOf } from './process-identity';
import { lockDataDir, removeDead } from './single-instance';

describe('the lock of a data folder', () => {
  let folder: string;
  const file = () => join(folder, 'lock');
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pmm-lock-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is held once, and given back', async () => {
    const unlock = await lockDataDir(file(), folder);
    await expect(lockDataDir(file(), folder)).rejects.toThrow(
      `Persistent Mind already runs on ${folder} (process ${process.pid}): stop it first`,
    );
    unlock();
    expect(readdirSync(folder)).toEqual([]);
    (await lockDataDir(file(), folder))();
  });

  it('is taken over from a process that is gone, also when its number was given again', async () => {
    writeFileSync(file(), [process.pid, 'another-boot:123', 'x'].join('\n'));
    const unlock = await lockDataDir(file(), folder);
    expect(readFileSync(file(), 'utf8')).toContain(`${process.pid}\n${identityOf(process.pid)}\n`);
    unlock();
  });

  it('goes to one of many that find it dead at the same time', async () => {
    writeFileSync(file(), ['999999999', 'gone', 'x'].join('\n'));
    const all = await Promise.allSettled(Array.from({ length: 10 }, () => lockDataDir(file(), folder)));
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(readdirSync(folder)).toEqual(['lock']);
  });

  it('is put back when it came to life between the look at it and its removal', async () => {
    const unlock = await lockDataDir(file(), folder);
    const living = readFileSync(file(), 'utf8');
    await removeDead(file(), 'what was there before');
    expect(readFileSync(file(), 'utf8')).toBe(living);
    unlock();
    expect(readdirSync(folder)).toEqual([]);
  });
});
