import { canonicalJson, toPlain } from '#libs/kernel';
import { SERVICE_FOLDS, type OpaqueFold } from '#libs/mind';
import { Life } from './life';

/** Bytes of the sections whose digests are made anew after an event of this kind. */
function touchedBytes({ fold, state }: { fold: OpaqueFold; state: Record<string, unknown> }, kind: string) {
  const texts = fold.touchedBy(kind).map((name) => canonicalJson(toPlain(state[name])));
  return texts.join('').length;
}

/** A mind in which `ended` commitments were opened and ended while ten are open. */
function lifeOf(fold: OpaqueFold, ended: number): { fold: OpaqueFold; state: Record<string, unknown> } {
  const life = new Life(fold);
  life.adopt('Nova');
  for (let n = 0; n < 10; n++) life.open(`open${n}`, `Nova keeps this promise ${n}`);
  for (let n = 0; n < ended; n++) {
    life.open(`ended${n}`, `Nova has kept this promise ${n}`);
    if (n % 2) life.close(`ended${n}`);
    else life.add('commitment_expire', { cid: `ended${n}`, reason: 'ttl' });
  }
  life.adopt('Echo');
  return { fold, state: life.state };
}

describe('what a digest costs after an event', () => {
  it.each(['commitment', 'reflection'] as const)(
    'in %s, after an adoption, does not depend on how many commitments have ended',
    (service) => {
      const fold = SERVICE_FOLDS[service];
      const [young, old] = [lifeOf(fold, 2), lifeOf(fold, 1_400)];
      expect(touchedBytes(old, 'identity_adopt')).toBeLessThan(1.2 * touchedBytes(young, 'identity_adopt'));
    },
  );

  it('would be seen to grow by the sections that hold what has ended', () => {
    const { commitment } = SERVICE_FOLDS;
    const [young, old] = [lifeOf(commitment, 2), lifeOf(commitment, 1_400)];
    expect(touchedBytes(old, 'commitment_close')).toBeGreaterThan(
      10 * touchedBytes(young, 'commitment_close'),
    );
  });
});
