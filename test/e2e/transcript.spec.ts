import { spawn, spawnSync, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '#test/support/http';
import { startSystem, type System } from '#test/support/system';

const ROOT = join(__dirname, '../..');
const PMM = join(ROOT, 'deploy/local/pmm.mjs');
const QUIET_MS = 700;

let system: System;
beforeAll(async () => (system = await startSystem()), 120_000);
afterAll(async () => system?.stop(), 30_000);

interface Step {
  said: string;
  shown: string[];
}

/** The README's transcript: what is said in the chat with what it shows, and the commands after it. */
function transcript(): { chat: Step[]; commands: Step[] } {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
  const block = /```\n(\$ npm run -s pmm -- chat ada\n[\s\S]*?)\n```/.exec(readme)?.[1] ?? '';
  const steps: Step[] = [];
  for (const line of block.split('\n')) {
    if (line.startsWith('$ ') || line.startsWith('you> ')) steps.push({ said: line, shown: [] });
    else steps.at(-1)?.shown.push(line);
  }
  const chat = steps.filter(({ said }) => said.startsWith('you> '));
  return { chat, commands: steps.slice(1).filter(({ said }) => said.startsWith('$ ')) };
}

/** What may differ: ids, times, hashes; cids by their order of appearance. */
function plain(lines: readonly string[]): string[] {
  const cids = new Map<string, string>();
  return lines.map((line) =>
    line
      .replace(/\b[0-9a-f]{64}\b/g, '<hash>')
      .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
      .replace(/\bc[a-z2-7]{11}\b/g, (cid) => {
        if (!cids.has(cid)) cids.set(cid, `<cid ${cids.size + 1}>`);
        return cids.get(cid) as string;
      }),
  );
}

/** Says a line and gives what is shown until nothing more comes. */
async function say(chat: ChildProcessWithoutNullStreams, line: string): Promise<string> {
  let shown = '';
  let at = Date.now();
  const collect = (data: Buffer) => {
    shown += data.toString();
    at = Date.now();
  };
  chat.stdout.on('data', collect);
  chat.stdin.write(`${line}\n`);
  await eventually(
    () => Promise.resolve(shown !== '' && Date.now() - at > QUIET_MS),
    (quiet) => quiet || chat.exitCode !== null,
  );
  chat.stdout.off('data', collect);
  return shown;
}

it("the README's transcript can be repeated word for word, apart from ids, times and hashes", async () => {
  const { chat, commands } = transcript();
  expect(chat.length).toBeGreaterThan(8);
  const env = { ...process.env, PMM_URL: system.http };
  const child = spawn(process.execPath, [PMM, 'chat', 'ada'], { cwd: ROOT, env });
  const shown: string[] = [];
  let cid = '';
  for (const { said } of chat) {
    const line = said.slice('you> '.length).replace(/\bc[a-z2-7]{11}\b/, () => cid);
    if (line === '/quit') break;
    const answer = await say(child, line);
    cid = /\((c[a-z2-7]{11})\)/.exec(answer)?.[1] ?? cid;
    shown.push(...answer.trimEnd().split('\n'));
  }
  child.stdin.end('/quit\n');
  const written = chat.flatMap(({ shown: lines }) => lines);
  expect(plain(shown)).toEqual(plain(written));

  for (const { said, shown: lines } of commands) {
    const args = said.split(' -- ')[1]?.split(' ') ?? [];
    const { stdout, status } = spawnSync(process.execPath, [PMM, ...args], {
      cwd: ROOT,
      env,
      encoding: 'utf8',
    });
    expect({ said, status, shown: plain(stdout.trimEnd().split('\n')) }).toEqual({
      said,
      status: 0,
      shown: plain(lines),
    });
  }
}, 120_000);
