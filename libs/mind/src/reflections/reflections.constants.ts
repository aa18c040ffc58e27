import { STYLES, type Style } from '#libs/contracts';

export const REFLECTIONS_KEPT = 50;
/** So many of them keep their text; a new one is compared with these. */
export const TEXTS_KEPT = 10;
/** What is kept of an imported text. */
export const REFLECTION_UNITS = 4_000;

/** Material of the next reflection. */
export const SAID_KEPT = 40;
export const SAID_UNITS = 500;

/** `bandit_reward` comes at the first tick so many ticks after its reflection. */
export const REWARD_AFTER_TICKS = 3;
export const REWARDS_WAITING_KEPT = 50;
export const META_REFLECTIONS = 5;
export const ASSESSED_REFLECTIONS = 10;
export const OPENED_KEPT = 200;

export const GROWTH_STEP = 0.05;
export const STUCK_TICKS = 4;
/** A model that failed is asked again after 1, 2, 4 … ticks, at most so many. */
export const MOST_WAIT_TICKS = 64;

export const MIN_CHARACTERS = 30;
export const MAX_CHARACTERS = 4_000;
export const MIN_LINES = 2;
/** 1 − distinct words / all words may reach this. */
export const MAX_REPEATED_SHARE = 0.8;

export const STYLE_ORDER: readonly Style[] = STYLES;
