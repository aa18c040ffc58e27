import { z } from 'zod';
import { api, mindIdSchema } from '#libs/contracts';
import { replies } from './replies';

/** What the answer of a route is, besides its errors. */
export type Answer = 'json' | 'turn' | 'stream' | 'ndjson' | 'text' | 'page';

interface RouteDefinition {
  method: 'get' | 'post';
  /** As Express has it; parameters are `:id` (a mind) and `:cid` (a commitment). */
  path: string;
  tag: string;
  summary: string;
  status: number;
  answer: Answer;
  query?: z.ZodObject;
  body?: z.ZodObject;
  reply?: z.ZodType;
  /** The body is a log file, streamed. */
  upload?: true;
  /** Needs no token. */
  open?: true;
}

const none = api.empty;
const route = <D extends RouteDefinition>(definition: D): D => definition;
const get = { method: 'get', status: 200, answer: 'json', query: none } as const;
const post = { method: 'post', status: 200, answer: 'json', query: none, body: none } as const;
const mind = '/v1/minds/:id';

/** Every route of the gateway, once: the code registers itself from it, and the OpenAPI document is built from it. */
export const ROUTES = {
  createMind: route({
    ...post,
    path: '/v1/minds',
    tag: 'minds',
    summary: 'Create a mind',
    status: 201,
    body: api.createMind,
    reply: replies.mind,
  }),
  listMinds: route({
    ...get,
    path: '/v1/minds',
    tag: 'minds',
    summary: 'List the minds in order of their ids',
    query: api.listMinds,
    reply: replies.minds,
  }),
  getMind: route({ ...get, path: mind, tag: 'minds', summary: 'Settings and head', reply: replies.mind }),
  archive: route({
    ...post,
    path: `${mind}/archive`,
    tag: 'minds',
    summary: 'No more ticks and turns; still readable and exportable',
    reply: replies.mind,
  }),
  unarchive: route({
    ...post,
    path: `${mind}/unarchive`,
    tag: 'minds',
    summary: 'Take a mind out of the archive',
    reply: replies.mind,
  }),
  turn: route({
    ...post,
    path: `${mind}/turns`,
    tag: 'turns',
    summary: 'Say something; with `Accept: text/event-stream` the reply comes while it is made',
    answer: 'turn',
    body: api.turn,
    reply: replies.turn,
  }),
  listEvents: route({
    ...get,
    path: `${mind}/events`,
    tag: 'log',
    summary: 'Events in order of position, or newest first',
    query: api.listEvents,
    reply: replies.events,
  }),
  appendEvents: route({
    ...post,
    path: `${mind}/events`,
    tag: 'log',
    summary: 'Append events of your own kinds, `x.…`',
    status: 201,
    body: api.appendEvents,
    reply: replies.appended,
  }),
  verify: route({
    ...get,
    path: `${mind}/verify`,
    tag: 'log',
    summary:
      'Verify the hash chain; or, by `position` and `hash`, whether a head that you kept is still in it',
    query: api.verify,
    reply: replies.verified,
  }),
  exportLog: route({
    ...get,
    path: `${mind}/export`,
    tag: 'log',
    summary: 'The whole log, one event a line, closed by the export line',
    answer: 'ndjson',
  }),
  importLog: route({
    ...post,
    path: `${mind}/import`,
    tag: 'log',
    summary: 'Fill an empty mind from an export or an original ledger; all of it or nothing',
    status: 201,
    upload: true,
    reply: replies.imported,
  }),
  stream: route({
    ...get,
    path: `${mind}/stream`,
    tag: 'log',
    summary: 'Batches of events while they happen; resumes with `Last-Event-ID`',
    answer: 'stream',
    query: api.stream,
  }),
  selfModel: route({
    ...get,
    path: `${mind}/self-model`,
    tag: 'mind',
    summary: 'Who the mind is, now or at a position',
    query: api.selfModel,
    reply: replies.selfModel,
  }),
  digests: route({
    ...get,
    path: `${mind}/digests`,
    tag: 'mind',
    summary: "Watermark and digest of every service's state",
    query: api.digests,
    reply: replies.digests,
  }),
  why: route({
    ...get,
    path: `${mind}/why`,
    tag: 'log',
    summary: 'The numbers that the rule which wrote an event saw, from the log as it was then',
    query: api.why,
    reply: replies.why,
  }),
  setIdentity: route({
    ...post,
    path: `${mind}/identity`,
    tag: 'mind',
    summary: 'Give the mind a name',
    body: api.setIdentity,
    reply: replies.adopted,
  }),
  listKnowledge: route({
    ...get,
    path: `${mind}/knowledge`,
    tag: 'mind',
    summary: 'Statements that the mind remembers, newest first',
    query: api.listKnowledge,
    reply: replies.knowledge,
  }),
  assertKnowledge: route({
    ...post,
    path: `${mind}/knowledge`,
    tag: 'mind',
    summary: 'Add a statement',
    status: 201,
    body: api.assertKnowledge,
    reply: replies.atPosition,
  }),
  listCommitments: route({
    ...get,
    path: `${mind}/commitments`,
    tag: 'commitments',
    summary: 'Commitments and projects',
    query: api.listCommitments,
    reply: replies.commitments,
  }),
  openCommitment: route({
    ...post,
    path: `${mind}/commitments`,
    tag: 'commitments',
    summary: 'Open a commitment',
    status: 201,
    body: api.openCommitment,
    reply: replies.opened,
  }),
  closeCommitment: route({
    ...post,
    path: `${mind}/commitments/:cid/close`,
    tag: 'commitments',
    summary: 'Close a commitment with evidence that exists',
    body: api.closeCommitment,
    reply: replies.changed,
  }),
  snoozeCommitment: route({
    ...post,
    path: `${mind}/commitments/:cid/snooze`,
    tag: 'commitments',
    summary: 'Let a commitment sleep until a tick',
    body: api.snoozeCommitment,
    reply: replies.changed,
  }),
  listReflections: route({
    ...get,
    path: `${mind}/reflections`,
    tag: 'reflections',
    summary: 'Reflections, newest first, and what the next tick would do',
    query: api.listReflections,
    reply: replies.reflections,
  }),
  reflect: route({
    ...post,
    path: `${mind}/reflections`,
    tag: 'reflections',
    summary: 'Ask for a reflection, and for a tick',
    status: 202,
    reply: replies.atPosition,
  }),
  tick: route({
    ...post,
    path: `${mind}/ticks`,
    tag: 'ticks',
    summary: 'Ask for a tick; at most 10 a second per mind',
    status: 202,
    reply: replies.ticked,
  }),
  switchModel: route({
    ...post,
    path: `${mind}/model`,
    tag: 'minds',
    summary: 'Let another model interpret the mind',
    body: api.switchModel,
    reply: replies.atPosition,
  }),
  system: route({
    ...get,
    path: '/v1/system',
    tag: 'system',
    summary: 'Services, replicas, shards, counters, lag',
    reply: replies.system,
  }),
  healthz: route({ ...get, path: '/healthz', tag: 'system', summary: 'The process lives', open: true }),
  readyz: route({
    ...get,
    path: '/readyz',
    tag: 'system',
    summary: 'NATS is connected and every service answers',
    open: true,
  }),
  metrics: route({
    ...get,
    path: '/metrics',
    tag: 'system',
    summary: 'Metrics of all members as Prometheus text',
    answer: 'text',
    open: true,
  }),
  docsOfV1: route({
    ...get,
    path: '/v1/docs',
    tag: 'system',
    summary: 'Leads to this document',
    status: 302,
    answer: 'page',
  }),
  root: route({
    ...get,
    path: '/',
    tag: 'system',
    summary: 'Where to go from here',
    open: true,
  }),
} as const satisfies Record<string, RouteDefinition>;

export type RouteName = keyof typeof ROUTES;
export type Route = RouteDefinition;

type Output<T> = T extends z.ZodType ? z.output<T> : undefined;
type Field<N extends RouteName, K extends string> =
  (typeof ROUTES)[N] extends Record<K, infer T> ? Output<T> : undefined;

/** What a handler gets of a request, all of it checked. */
export interface InputOf<N extends RouteName> {
  /** The mind in the path; empty for routes without one. */
  mind: string;
  /** The commitment in the path; empty for routes without one. */
  cid: string;
  query: Field<N, 'query'>;
  body: Field<N, 'body'>;
  /** The `Idempotency-Key` of a POST, one of its own when the client gave none; empty for a GET. */
  key: string;
}

/** Checks of the parameters that paths have. */
export const PARAMETERS = { id: mindIdSchema, cid: z.string().min(1).max(64) } as const;

export const routeOf = (name: RouteName): RouteDefinition => ROUTES[name];
