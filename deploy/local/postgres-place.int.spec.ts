import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { postgresAccount, weAreRoot } from './account';
import { findPlace } from './postgres-place';

// An ordinary user runs PostgreSQL as itself: there is no second user who could be kept out.
const describeAsRoot = weAreRoot() ? describe : describe.skip;

describeAsRoot("the place of PostgreSQL's files when we are root", () => {
  let folder: string;
  const account = postgresAccount();
  const at = (name: string) => join(folder, name);
  const dataDir = (mode: number) => {
    mkdirSync(at('data'));
    chmodSync(at('data'), mode);
    return at('data');
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pmm-place-'));
    chmodSync(folder, 0o755);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is in the data folder when user postgres can enter that', () => {
    expect(findPlace(dataDir(0o755), account, at('system'))).toEqual({
      cluster: at('data/postgres'),
      account,
    });
  });

  it('is in a folder of the system otherwise, and is found again there', () => {
    const place = findPlace(dataDir(0o700), account, at('system'));
    expect(place.cluster.startsWith(at('system/'))).toBe(true);
    expect(place.remark).toMatch(/user "postgres" can't enter the data folder\.$/);
    expect(statSync(join(place.cluster, '..')).uid).toBe(account?.uid);

    mkdirSync(place.cluster);
    place.remember?.();
    expect(findPlace(at('data'), account, at('system'))).toEqual({ cluster: place.cluster, account });
  });

  it('is a new one for a data folder that was removed, and names the old one', () => {
    const old = findPlace(dataDir(0o700), account, at('system'));
    rmSync(at('data'), { recursive: true });
    const place = findPlace(dataDir(0o700), account, at('system'));
    expect(place.cluster).not.toBe(old.cluster);
    expect(place.remark).toContain(
      `Data of removed data folders is still there: ${join(old.cluster, '..')}.`,
    );
  });

  it('is never made anew when the remembered one is gone', () => {
    findPlace(dataDir(0o700), account, at('system')).remember?.();
    expect(() => findPlace(at('data'), account, at('system'))).toThrow(
      /^The database of this data folder is gone from /,
    );
  });

  it('is run by whoever owns it', () => {
    const owner = { uid: 12_345, gid: 12_346 };
    mkdirSync(join(dataDir(0o755), 'postgres'));
    writeFileSync(at('data/postgres/PG_VERSION'), '17\n');
    chownSync(at('data/postgres'), owner.uid, owner.gid);
    expect(findPlace(at('data'), account, at('system'))).toEqual({
      cluster: at('data/postgres'),
      account: owner,
    });
  });
});
