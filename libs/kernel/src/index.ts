export { AppError, fromErrorReply, toErrorReply } from './app-error';
export { JSON_DEPTH, canonicalJson, checkText } from './canonical-json';
export {
  canonicalEvent,
  EVENT_DOMAIN,
  hashCanonical,
  hashedText,
  isUtf8,
  hashEvent,
  linkFault,
  sha256,
  type UnhashedEvent,
} from './event-hash';
export { commitmentId, eventId, uuidText } from './event-id';
export { systemClock, type Clock } from './clock.port';
export { composeFold, foldAll, type Fold, type Section, type Sections } from './fold';
export { combineDigests, decodeState, digestOf, encodeState, sectionDigest, toPlain } from './state-codec';
export { decided, draft, type Decision, type Draft, type Rule } from './decision';
export {
  leaderOf,
  type Beside,
  type BesideExplainer,
  type Besides,
  type Explainer,
  type Explainers,
} from './explain';
export { basisBeside, basisOf, type BasisParts } from './basis';
export { checkNewEvent, UTF8_BYTES_PER_UNIT, type CheckedEvent } from './check-event';
export { parseRequest } from './parse-request';
export { normaliseText } from './normalise';
