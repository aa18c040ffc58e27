/**
 * A service that does nothing but keep its promises to the supervisor: it says when it is ready, ends on
 * SIGTERM, and ends when the supervisor is gone. What happens goes to the file FAKE_JOURNAL, a line each.
 * FAKE_FAULT makes it break one: `<instance>:exit-<code>` ends before ready, `<instance>:deaf` ignores SIGTERM.
 */
import { appendFileSync } from 'node:fs';

const { PMM_INSTANCE: instance, FAKE_JOURNAL: journal, FAKE_FAULT: faults = '' } = process.env;
const note = (what) => journal && appendFileSync(journal, `${what} ${instance} ${process.pid}\n`);
const fault = faults
  .split(',')
  .find((entry) => entry.startsWith(`${instance}:`))
  ?.split(':')[1];

note('start');
console.log(`${instance} starts`);
if (fault?.startsWith('exit-')) {
  if (fault === 'exit-2')
    console.error(`${instance} can't start: PMM_SHARDS: is no number; correct it or unset it`);
  process.exit(Number(fault.slice('exit-'.length)));
}
process.on('SIGTERM', () => {
  note('term');
  if (fault !== 'deaf') setTimeout(() => process.exit(0), 20);
});
process.on('disconnect', () => process.exit(0));
setInterval(() => undefined, 1_000);
setTimeout(() => {
  note('ready');
  process.send?.({ ready: true });
}, 20);
