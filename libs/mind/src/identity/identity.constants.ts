/** A model's own proposal needs this many different turns … */
export const PROPOSAL_TURNS = 3;
/** … within this many ticks, when the mind has a name already. */
export const PROPOSAL_WINDOW_TICKS = 6;
export const PROPOSALS_KEPT = 64;

export const USER_CONFIDENCE = 1;
export const API_CONFIDENCE = 1;
export const MODEL_CONFIDENCE = 0.9;
