import type { CommitmentsReply, SelfModelReply } from '#libs/contracts';
import { shorten, table } from './table';

const fixed = (value: number, digits = 3): string => String(Number(value.toFixed(digits)));

/** Who a mind is, for people. */
export function selfModelLines(model: SelfModelReply): string[] {
  const { identity, metrics } = model;
  const traits = Object.entries(identity.traits).map(([trait, value]) => `${trait} ${fixed(value)}`);
  const policies = Object.entries(model.policies).map(([policy, value]) => `${policy} = ${value}`);
  return [
    `name        ${identity.name ?? '(none yet)'}`,
    `user        ${model.userName ?? '(unknown)'}`,
    `stage       ${model.stage}`,
    `scores      IAS ${fixed(metrics.ias)}, GAS ${fixed(metrics.gas)}`,
    `traits      ${traits.join(', ')}`,
    `tick        ${model.tick}`,
    ...list(
      'directives',
      model.directives.map(({ text, seen }) => `${shorten(text, 90)} (seen ${seen} times)`),
    ),
    ...list(
      'knowledge',
      model.knowledge.map(({ position, statement }) => `#${position} ${shorten(statement, 90)}`),
    ),
    ...list('policies', policies),
    `watermark   ${model.watermark}`,
    `digest      ${model.digest}`,
  ];
}

const list = (name: string, items: readonly string[]): string[] =>
  items.map((item, n) => `${(n === 0 ? name : '').padEnd(11)} ${item}`);

export function commitmentLines({ commitments, next }: CommitmentsReply): string[] {
  if (commitments.length === 0) return ['no commitments'];
  const rows = commitments.map(({ cid, status, openPosition, project, dueAt, score, text }) => [
    cid,
    status,
    `#${openPosition}`,
    project,
    dueAt,
    score === undefined ? undefined : fixed(score, 2),
    shorten(text, 80),
  ]);
  const more = next === undefined ? [] : ['there are more'];
  return [...table(['cid', 'status', 'opened', 'project', 'due', 'score', 'text'], rows), ...more];
}
