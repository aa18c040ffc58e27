import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { SERVICES } from '#libs/contracts';

jest.setTimeout(120_000);

const root = join(__dirname, '..', '..');
const COPY = /^COPY (?!--from=dependencies)(?:--from=build )?(?:--chown=\S+ )?(.+) (\S+)$/;
const IGNORED = readFileSync(join(root, '.dockerignore'), 'utf8').split('\n').filter(Boolean);

const [build = '', , run = ''] = readFileSync(join(root, 'deploy', 'Dockerfile'), 'utf8')
  .split(/^FROM /m)
  .slice(1);
const folders: string[] = [];

/** A folder with what the COPY lines of a stage bring, and the dependencies of this checkout. */
function stage(text: string, from: string, service = ''): string {
  const folder = mkdtempSync(join(tmpdir(), 'pmm-image-'));
  folders.push(folder);
  for (const line of text.split('\n')) {
    const [, sources, target] = COPY.exec(line.replaceAll('${SERVICE}', service)) ?? [];
    for (const source of sources?.split(' ') ?? []) {
      const path = source.replace('/app/', '');
      const to = target?.endsWith('/') ? join(target, basename(path)) : (target ?? '');
      if (!IGNORED.includes(path)) cpSync(join(from, path), join(folder, to), { recursive: true });
    }
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

it('the image of each service is built from what the Dockerfile copies, and starts with what it keeps', () => {
  const built = stage(build, root);
  execFileSync('npm', ['run', 'build'], { cwd: built, stdio: 'pipe' });
  for (const service of SERVICES) {
    const image = stage(run, built, service);
    expect(existsSync(join(image, 'test'))).toBe(false);
    const main = join(image, 'dist', 'services', service, 'src', 'main.js');
    expect(execFileSync('node', [main, '--help'], { cwd: image, encoding: 'utf8' })).toContain(
      'PMM_NATS_URL',
    );
  }
});
