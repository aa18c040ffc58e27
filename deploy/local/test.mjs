/**
 * `npm test`: prepares the checkout and runs every test but the long soak. Arguments: `npm test -- unit int`
 * runs only these projects; all others go to Jest, such as a path or `-t <name>`.
 */
import { prepare } from './prepare.mjs';
import { runTests, summaryOf } from './test-phases.mjs';

prepare();
const counts = await runTests(process.argv.slice(2));
process.stdout.write(`\n${summaryOf(counts)}\n`);
process.exitCode = counts.failed === 0 ? 0 : 1;
