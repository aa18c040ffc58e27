import { digits } from './odd-fields';
import type { Written } from './python-text';

/** What the fields of generated ledgers hold. */

export const CIDS: Written[] = ['c1-0', 'c1-1', 'c1-0', 'c1-1', 'c1-0', 'c1-1', 'c1-0', 'c1-1', 'c1-2', 'C1-2', 'c1-2 ', '__proto__', 'constructor', '日本', '0'];
export const NAMES = ['Nova', 'Ada', 'ada', 'echo', 'Echo', 'Persistent Mind', 'Łucja', ' Ren-7 ', '  ', '', '\u0085Zoë\u2003'];
export const TEXTS = [
  ...['finish the report', 'Finish the report ', 'ask Ada about it', 'naïve café – déjà vu', '日本語のメモ'],
  ...['', '  ', '\ufeffplan', 'plan', '\u001cplan\u00a0', 'a "quoted" \\ line\nand \t more \u007f', '😀 \ud83d\udc68\u200d\ud83d\udc69'],
];
export const OPENED = ['', '', '  ', 'y', ...TEXTS.map((text) => `Commitment opened: ${text}`)];
export const SAID = [
  ...['identity', 'IDENTITY', 'The Identity ledger shows growth.', ' 12345 7890 identity ', '1234567890 1 identity'],
  ...['my name is short', 'MY NAME', 'mY\u00a0name', 'my  name', 'Nothing new to add today.', '', '日本語 identity 日本語日本語日', '😀😀😀😀😀😀 identity'],
];
export const DIRECTIVES = [
  ...['be concise', 'be  concise', '\tbe\u00a0concise\n', 'Be concise', 'use plain words', 'never guess'],
  ...['cite event ids', 'ask before acting', 'éclair', 'e\u0301clair', '\u2028', '', 'a\ufeffb', 'a\u001fb', 'a b'],
];
export const KINDS = [
  ...['AUTONOMY_TICK', 'Identity_Adopt', ' reflection', 'commitment_close ', '', 'policy_update', 'stage_update'],
  ...['metrics_update', 'commitment_update', 'commitment_rebind', 'project_close', 'summary', 'constructor', '日本 kind', 'bandit_reward'],
];
export const TRAITS = ['openness', 'conscientiousness', 'extraversion', 'agreeableness', 'neuroticism'];
export const NO_TRAITS = ['wisdom', '__proto__', 'op', 'toString', ''];
export const DELTAS = digits('0.03', '-0.2', '0.096', '-0.047', '1', '1.0', '-1E5', '1e-07', '-0.0', '0', '12345678901234567890', '1e400');
export const CONFIDENCES: Written[] = [
  ...digits('0.9', '0.90', '1.0', '1', '0.95', '0.5', '0.89999', '0', '-0.0', '9e-1', '12345678901234567890', '1e400'),
  ...['0.95', true],
];
export const UNTIL: Written[] = [
  ...digits('13', '7.0', '1.5', '-3', '0', '1E2', '1e-07'),
  ...[null, '7', ' 8 ', '+9', '-2', '7.0', '', 'soon', true, [], new Map<string, Written>()],
];
export const SOURCES: Written[] = ['reply', 'reflection', 'user'];

