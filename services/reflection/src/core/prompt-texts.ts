import type { Style, Trigger } from '#libs/contracts';

/** How the chosen style shapes a reflection: what makes the bandit's choice matter. */
export const STYLE_TEXT: Record<Style, string> = {
  succinct: 'Be brief: two or three short sentences, each on a line of its own, no decoration.',
  question_form: 'Write it as questions that you ask yourself, and answer each on the next line.',
  narrative: 'Tell it as a story of what happened to you, in order, in whole sentences.',
  checklist: 'Write it as a list: each line begins with "- " and holds one observation or one next step.',
  analytical: 'Analyse it: what you saw, what caused it, what follows from it; one line each.',
};

/** Why the mind reflects. */
export const TRIGGER_TEXT: Record<Trigger, string> = {
  manual: 'Somebody asked you to reflect.',
  identity: 'You have taken a new name; reflect on what that means.',
  cadence: 'Enough was said since you last reflected.',
  growth: 'Your growth score rose since you last reflected.',
  stuck: 'You have not reflected for a while.',
};
