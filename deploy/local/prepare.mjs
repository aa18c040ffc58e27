/**
 * Brings a checkout into a state that can run: a fitting Node, the packages of the lock file, a fresh build.
 * Plain JavaScript without dependencies, because it runs before anything is installed.
 * All it says goes to stderr, so that the output of a command behind it stays clean.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const inRoot = (...parts) => join(root, ...parts);

const oldestNode = [20, 19];
const sourceFolders = ['libs', 'services', 'deploy', 'test'];
const buildFiles = ['.swcrc', 'nest-cli.json', 'tsconfig.json', 'tsconfig.build.json'];
const stamp = inRoot('dist', '.built');

const say = (line) => process.stderr.write(`${line}\n`);

function fail(line) {
  say(line);
  process.exit(1);
}

/** Ends the process with one sentence when this Node is too old. */
export function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const fits = major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1]);
  if (!fits) fail(`Node ${process.versions.node} is too old: install Node ${oldestNode.join('.')} or newer.`);
}

const packagesOf = (file) => JSON.parse(readFileSync(file, 'utf8')).packages;

/** Times decide cheaply; contents decide when a checkout has merely touched the lock file. */
function packagesAreInstalled() {
  const wantedFile = inRoot('package-lock.json');
  const installedFile = inRoot('node_modules', '.package-lock.json');
  if (!existsSync(installedFile)) return false;
  if (statSync(installedFile).mtimeMs >= statSync(wantedFile).mtimeMs) return true;
  const installed = packagesOf(installedFile);
  return Object.entries(packagesOf(wantedFile)).every(([path, wanted]) => {
    const found = installed[path];
    return path === '' || (found ? found.version === wanted.version : wanted.optional === true);
  });
}

function npm(args, stdio) {
  const result = spawnSync('npm', args, {
    cwd: root,
    stdio,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  if (result.error) fail(`npm could not be started (${result.error.message}): install npm and try again.`);
  return result;
}

function installPackages() {
  say('Installing packages (npm ci) ...');
  const { status } = npm(['ci', '--include=dev', '--no-audit', '--no-fund'], ['ignore', 2, 'inherit']);
  if (status !== 0) fail('npm ci failed: see its message above.');
}

const isSource = (name) => name.endsWith('.ts') && !name.endsWith('.spec.ts');

function isNewerThan(folder, time) {
  if (!existsSync(folder)) return false;
  return readdirSync(folder, { withFileTypes: true }).some((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return isNewerThan(path, time);
    return isSource(entry.name) && statSync(path).mtimeMs > time;
  });
}

function buildIsFresh() {
  if (!existsSync(stamp)) return false;
  const builtAt = Number(readFileSync(stamp, 'utf8'));
  const configs = buildFiles.map((name) => inRoot(name)).filter((file) => existsSync(file));
  if (configs.some((file) => statSync(file).mtimeMs > builtAt)) return false;
  return !sourceFolders.some((name) => isNewerThan(inRoot(name), builtAt));
}

/** Builds into `dist` and stamps it with the time at which the build began, as sources may change meanwhile. */
export function build() {
  const startedAt = Date.now();
  const { status, stdout, stderr } = npm(['run', '--silent', 'build'], ['ignore', 'pipe', 'pipe']);
  if (status !== 0) fail(`${stdout}${stderr}\nThe build failed: see the message above.`);
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, String(startedAt));
}

/** Checks Node, installs what is missing and builds what is older than its source. */
export function prepare({ quiet = false } = {}) {
  checkNode();
  if (!packagesAreInstalled()) installPackages();
  if (buildIsFresh()) return;
  if (!quiet) say('Building ...');
  build();
}

const startedDirectly = process.argv[1] === fileURLToPath(import.meta.url);
if (startedDirectly) prepare();
