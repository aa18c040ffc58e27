import type { MindEvent } from '#libs/contracts';
import type { Section } from '#libs/kernel';
import { putLast } from '../events/bounded';
import { isImported, numberField, resolveReference, textField } from '../events/event-fields';
import type { PoliciesState } from '../policies/policies.fold';
import { effectivePolicy } from '../policies/effective-policy';
import type { StageState } from '../stage/stage.fold';
import type { TicksState } from '../ticks/ticks.fold';
import { countInWindow, emptyWindow, type WindowCounts } from './window-counts';
import { ASSESSED_REFLECTIONS, META_REFLECTIONS, OPENED_KEPT } from './reflections.constants';

/** A window that is complete: from here on it is a duty to speak of it. */
export interface DueWindow extends WindowCounts {
  to: number;
}

export interface DueAssessment extends DueWindow {
  /** Commitments that the window's reflections opened, and the ticks it took to close those that are done. */
  opensOfReflections: number;
  lagTicks: number[];
}

/** An assessment that may change policies, with the values that were in force. */
export interface PendingAssessment {
  position: number;
  efficacy: number;
  hitRate: number;
  minTurns: number;
  minSeconds: number;
}

export interface WindowsState {
  meta: WindowCounts;
  assessment: WindowCounts;
  dueMeta: DueWindow | null;
  dueAssessment: DueAssessment | null;
  /** Commitments opened by reflections: cid → tick of opening, and how many ticks later it was done. */
  opened: Map<string, { position: number; tick: number; lag: number | null }>;
  pending: PendingAssessment | null;
}

interface All {
  ticks: TicksState;
  stage: StageState;
  policies: PoliciesState;
}

/** Must stand after the ticks, the stage and the policies. */
export const windowsSection: Section<WindowsState, All> = {
  kinds: [
    'reflection',
    'commitment_open',
    'commitment_close',
    'commitment_expire',
    'trait_update',
    'autonomy_tick',
    'meta_reflection',
    'self_assessment',
    'policy_update',
    'stage_update',
  ],
  initialState: () => ({
    meta: emptyWindow(1),
    assessment: emptyWindow(1),
    dueMeta: null,
    dueAssessment: null,
    opened: new Map(),
    pending: null,
  }),
  evolve: (state, event, all) => {
    if (isImported(event)) return state;
    switch (event.kind) {
      case 'autonomy_tick':
        completeWindows(state, event);
        break;
      case 'meta_reflection':
        state.dueMeta = null;
        break;
      case 'self_assessment':
        assessed(state, event, all);
        break;
      case 'policy_update':
      case 'stage_update':
        state.pending = null;
        break;
      case 'reflection':
      case 'commitment_open':
      case 'commitment_close':
      case 'commitment_expire':
      case 'trait_update':
        countInWindow(state.meta, event);
        countInWindow(state.assessment, event);
        followOpened(state, event, all.ticks.tick);
    }
    return state;
  },
};

function followOpened(state: WindowsState, event: MindEvent, tick: number): void {
  const cid = textField(event, 'cid') ?? '';
  if (event.kind === 'commitment_open') {
    state.opened.delete(cid);
    if (textField(event, 'source') !== 'reflection') return;
    const position = resolveReference(event, event.meta.origin) ?? event.position;
    putLast(state.opened, cid, { position, tick, lag: null }, OPENED_KEPT);
  } else if (event.kind === 'commitment_close') {
    const opened = state.opened.get(cid);
    if (opened && opened.lag === null && textField(event, 'outcome') === 'done')
      opened.lag = tick - opened.tick;
  }
}

/** At the first tick at which enough reflections have gathered, and the duty before is fulfilled. */
function completeWindows(state: WindowsState, { position }: MindEvent): void {
  if (state.dueMeta === null && state.meta.reflections >= META_REFLECTIONS) {
    state.dueMeta = { ...state.meta, to: position };
    state.meta = emptyWindow(position + 1);
  }
  if (state.dueAssessment === null && state.assessment.reflections >= ASSESSED_REFLECTIONS) {
    const opened = [...state.opened.values()];
    const lagTicks = opened.map(({ lag }) => lag).filter((lag) => lag !== null);
    state.dueAssessment = { ...state.assessment, to: position, opensOfReflections: opened.length, lagTicks };
    state.assessment = emptyWindow(position + 1);
    state.opened.clear();
  }
}

function assessed(state: WindowsState, event: MindEvent, { stage, policies }: All): void {
  state.dueAssessment = null;
  state.pending = {
    position: event.position,
    efficacy: numberField(event, 'efficacy') ?? 0,
    hitRate: numberField(event, 'hitRate') ?? 0,
    minTurns: effectivePolicy('reflection.min_turns', stage, policies),
    minSeconds: effectivePolicy('reflection.min_seconds', stage, policies),
  };
}
