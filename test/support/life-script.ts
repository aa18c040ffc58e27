import type { ModelFault, Script } from './scripted-model';

const FAULTS: Record<string, ModelFault> = {
  refuse: { status: 400 },
  fail: { status: 500 },
  hang: 'hang',
};

/** A turn is answered with what stands in brackets; a look back is new each time, but for every fourth. */
export const lifeScript: Script = ({ system: task, user }, n) => {
  if (!task.includes('Look back on what was said')) {
    const told = /.*SAY<<(.*?)>>/su.exec(user)?.[1] ?? 'I hear you.';
    return FAULTS[told] ?? told;
  }
  if (user.includes('POLICY-PLEASE'))
    return `I want to wait longer ${n}.\nI said so.\nPOLICY: reflection.min_turns = 6`;
  if (n % 4 === 0) return 'I looked back at what was said to me.\nMy identity stays as it is today.';
  const words = Array.from({ length: 12 }, (_, i) => `word${n}x${i}`).join(' ');
  return `My name is my own ${words}\nand I go on ${n}.`;
};
