import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LogFile } from './log-file';

describe('a log file', () => {
  let folder: string;
  const path = () => join(folder, 'logs', 'x.log');
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pmm-log-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('starts anew and keeps the one before, for its owner only', () => {
    new LogFile(path()).write('old\n');
    const log = new LogFile(path());
    log.write('new\n');
    expect(readFileSync(path(), 'utf8')).toBe('new\n');
    expect(readFileSync(`${path()}.1`, 'utf8')).toBe('old\n');
    expect(statSync(path()).mode & 0o777).toBe(0o600);
  });

  it('never grows beyond two files of its bound', () => {
    const log = new LogFile(path(), 100);
    for (let i = 0; i < 1_000; i += 1) log.write(`line ${i}\n`);
    expect(statSync(path()).size).toBeLessThanOrEqual(110);
    expect(statSync(`${path()}.1`).size).toBeLessThanOrEqual(110);
    expect(log.tail(2)).toEqual(['line 998', 'line 999']);
  });

  it('loses lines while the next file can not be opened, says so once, and goes on after that', () => {
    const said = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    const log = new LogFile(path(), 10);
    log.write('more than ten\n');
    // A folder where the full file is to go: not to be replaced by a file.
    mkdirSync(join(`${path()}.1`, 'in the way'), { recursive: true });
    log.write('lost\n');
    log.write('lost too\n');
    expect(said.mock.calls).toEqual([[expect.stringContaining('lines of the log are lost')]]);
    rmSync(`${path()}.1`, { recursive: true });
    log.write('kept\n');
    expect(readFileSync(path(), 'utf8')).toBe('kept\n');
    log.close();
    said.mockRestore();
  });

  it('ignores what comes after its end', () => {
    const log = new LogFile(path());
    log.write('last\n');
    log.close();
    log.write('late\n');
    log.close();
    expect(readFileSync(path(), 'utf8')).toBe('last\n');
  });
});
