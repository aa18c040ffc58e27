import type { Bug } from './bug';
import { cacheBugs } from './cache-bugs';
import { lifeBugs } from './life-bugs';
import { logBugs } from './log-bugs';
import { ruleBugs } from './rule-bugs';

/** Every bug that a run can be told to have. */
export const BUGS: readonly Bug[] = [...cacheBugs, ...logBugs, ...lifeBugs, ...ruleBugs];
