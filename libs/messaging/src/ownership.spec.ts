import { TestBus, TestMember } from './testing/test-bus';

const SHARDS = Array.from({ length: 64 }, (_, shard) => shard);

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);

async function started(bus: TestBus, ...instances: string[]): Promise<TestMember[]> {
  const members = instances.map((instance) => new TestMember(instance, bus, 4));
  for (const member of members) void member.ownership.start();
  await pass(2_000);
  return members;
}

const ownersOf = (members: TestMember[], shard: number) =>
  members.filter(({ ownership }) => ownership.owns(shard));
const unserved = (members: TestMember[]) =>
  SHARDS.filter((shard) => !members.some((member) => member.serves(shard)));
const dealtOnce = (members: TestMember[]) => SHARDS.every((shard) => ownersOf(members, shard).length === 1);

/** Time goes on in steps; after each one the shards without anybody who serves them are looked at. */
async function passServed(members: TestMember[], ms: number): Promise<number> {
  let most = 0;
  for (let t = 0; t < ms; t += 5) {
    await pass(5);
    most = Math.max(most, unserved(members).length);
  }
  return most;
}

describe('ownership', () => {
  it('gives one member all shards, 300 ms after it began', async () => {
    const member = new TestMember('a', new TestBus());
    const start = member.ownership.start();
    await pass(290);
    expect(member.ownership.owned()).toEqual([]);
    await pass(20);
    await start;
    expect(member.ownership.owned()).toEqual(SHARDS);
    expect(member.ownership.alive()).toBe(true);
  });

  it('is split about evenly between two members that begin together', async () => {
    const members = await started(new TestBus(), 'a', 'b');
    expect(dealtOnce(members)).toBe(true);
    for (const { ownership } of members) {
      expect(ownership.owned().length).toBeGreaterThan(20);
      expect(ownership.present().sort()).toEqual(['a', 'b']);
    }
  });

  it('goes over to a member that joins without a moment in which nobody serves', async () => {
    const bus = new TestBus();
    const members = await started(bus, 'a', 'b');
    const third = new TestMember('c', bus, 4);
    void third.ownership.start();
    expect(await passServed([...members, third], 3_000)).toBe(0);
    expect(dealtOnce([...members, third])).toBe(true);
    expect(third.ownership.owned().length).toBeGreaterThan(8);
  });

  it('goes over from a member that leaves without a moment in which nobody serves', async () => {
    const members = await started(new TestBus(), 'a', 'b', 'c');
    const [leaving, ...staying] = members;
    await pass(290);
    const left = leaving?.ownership.leave();
    expect(await passServed(members, 1_000)).toBe(0);
    await left;
    expect(leaving?.ownership.owned()).toEqual([]);
    expect(dealtOnce(staying)).toBe(true);
  });

  it('of a member that is alone is given up at once when it leaves', async () => {
    const [alone] = await started(new TestBus(), 'a');
    await alone?.ownership.leave();
    expect(alone?.ownership.owned()).toEqual([]);
    expect(jest.getTimerCount()).toBeLessThanOrEqual(1);
  });

  it('of a member that died goes over within 7 s', async () => {
    const [dead, ...others] = await started(new TestBus(), 'a', 'b', 'c');
    dead?.link.cut();
    await pass(4_000);
    expect(dealtOnce(others)).toBe(false);
    await pass(3_000);
    expect(dealtOnce(others)).toBe(true);
  });

  it('is kept through a short pause', async () => {
    const members = await started(new TestBus(), 'a', 'b');
    const before = members[0]?.ownership.owned();
    const goOn = members[0]?.pause();
    await pass(2_500);
    expect(goOn?.()).toBe(true);
    await pass(3_000);
    expect(members[0]?.ownership.owned()).toEqual(before);
  });

  it('counts for nothing after a pause of more than 4 s, until the member has joined again', async () => {
    const [paused, other] = await started(new TestBus(), 'a', 'b');
    if (!paused || !other) throw new Error('two');
    await pass(999);
    const goOn = paused.pause();
    await pass(6_500);
    expect(other.ownership.owned()).toEqual(SHARDS);
    expect(paused.ownership.alive()).toBe(false);
    expect(goOn()).toBe(false);
    await pass(200);
    expect(paused.ownership.alive()).toBe(false);
    expect(await passServed([paused, other], 3_000)).toBe(0);
    expect(paused.ownership.alive()).toBe(true);
    expect(dealtOnce([paused, other])).toBe(true);
  });

  it('is not proved by heartbeats of its own that were still on their way', async () => {
    const [paused] = await started(new TestBus(), 'a');
    if (!paused) throw new Error('one');
    paused.link.pause();
    await pass(1_500);
    const goOn = paused.pause();
    await pass(5_000);
    expect(goOn()).toBe(false);
  });

  it('is not proved, after a pause, by the heartbeat with which a member greets its new connection', async () => {
    const [paused, other] = await started(new TestBus(), 'a', 'b');
    if (!paused || !other) throw new Error('two');
    const goOn = paused.pause();
    await pass(6_500);
    paused.link.cut();
    paused.link.mend();
    await pass(2);
    expect(goOn()).toBe(false);
    expect(await passServed([paused, other], 3_000)).toBe(0);
    expect(dealtOnce([paused, other])).toBe(true);
  });

  it('grows by nothing when the connection is lost again while the member joins', async () => {
    const [paused, other] = await started(new TestBus(), 'a', 'b');
    if (!paused || !other) throw new Error('two');
    const before = paused.ownership.owned();
    paused.link.cut();
    await pass(5_500);
    paused.link.mend();
    await pass(5);
    paused.link.cut();
    await pass(3_500);
    expect(paused.ownership.alive()).toBe(false);
    expect(paused.ownership.owned()).toEqual(before);
    paused.link.mend();
    await pass(250);
    expect(paused.ownership.alive()).toBe(false);
    await pass(2_000);
    expect(dealtOnce([paused, other])).toBe(true);
  });

  it('is served from the start on by a member whose heartbeats take their time', async () => {
    const bus = new TestBus();
    bus.carryMs = 350;
    const member = new TestMember('a', bus);
    const start = member.ownership.start();
    await pass(1_000);
    await start;
    expect(member.ownership.alive()).toBe(true);
    expect(member.ownership.owned()).toEqual(SHARDS);
  });

  it('is not said to be served before the first heartbeat has come back, however late', async () => {
    const bus = new TestBus();
    bus.carryMs = 60_000;
    const member = new TestMember('a', bus, 500);
    const start = member.ownership.start();
    await pass(6_000);
    await start;
    expect(member.ownership.serves()).toBe(false);
    bus.carryMs = 1;
    await pass(1_500);
    expect([member.ownership.alive(), member.ownership.serves()]).toEqual([true, false]);
    await pass(500);
    expect(member.ownership.serves()).toBe(true);
    expect(member.ownership.owned()).toEqual(SHARDS);
    member.pause();
    await pass(4_500);
    expect(member.ownership.serves()).toBe(false);
  });

  it('is kept, unserved, while there is no connection, and grows by nothing', async () => {
    const members = await started(new TestBus(), 'a', 'b');
    const [cut, other] = members;
    const before = cut?.ownership.owned();
    const taken: number[] = [];
    cut?.ownership.onTake((shard) => void taken.push(shard));
    cut?.link.cut();
    await pass(30_000);
    expect(cut?.ownership.alive()).toBe(false);
    expect(cut?.ownership.owned()).toEqual(before);
    cut?.link.mend();
    await pass(3_000);
    expect(cut?.ownership.alive()).toBe(true);
    expect(taken).toEqual([]);
    expect(other && cut && dealtOnce([cut, other])).toBe(true);
  });

  it('is said to have come back, once, by who kept it while others may have served it', async () => {
    const [cut] = await started(new TestBus(), 'a', 'b');
    let returns = 0;
    cut?.ownership.onReturn(() => void (returns += 1));
    cut?.link.cut();
    await pass(3_000);
    cut?.link.mend();
    await pass(3_000);
    expect(returns).toBe(0);
    cut?.link.cut();
    await pass(10_000);
    expect(returns).toBe(0);
    cut?.link.mend();
    await pass(5_000);
    expect(cut?.ownership.alive()).toBe(true);
    expect(returns).toBe(1);
  });

  it('is taken together with others, when each takes its time', async () => {
    const member = new TestMember('a', new TestBus());
    member.ownership.onTake(() => new Promise((resolve) => setTimeout(resolve, 2_000)));
    void member.ownership.start();
    await pass(3_000);
    expect(member.ownership.owned()).toEqual(SHARDS);
    const left = member.ownership.leave();
    await pass(1_000);
    await left;
    expect(member.ownership.owned()).toEqual([]);
  });

  it('comes back to everybody after all of them were cut off', async () => {
    const members = await started(new TestBus(), 'a', 'b', 'c');
    for (const { link } of members) link.cut();
    await pass(20_000);
    for (const { link } of members) link.mend();
    await pass(4_000);
    expect(dealtOnce(members)).toBe(true);
    expect(unserved(members)).toEqual([]);
  });

  it('minds no message that is not a heartbeat, and takes a deletion for leaving', async () => {
    const bus = new TestBus();
    const [member, other] = await started(bus, 'a', 'b');
    const subject = '$KV.pmm_members_projection.';
    for (const text of ['{', 'null', '{"phase":"king"}', '[]']) bus.carry(`${subject}x`, Buffer.from(text));
    await pass(10);
    expect(member?.ownership.present().sort()).toEqual(['a', 'b']);
    expect(member?.logged).toHaveLength(4);
    other?.link.cut();
    bus.carry(`${subject}b`, Buffer.alloc(0));
    await pass(300);
    expect(member?.ownership.owned()).toEqual(SHARDS);
  });

  it('tells listeners of what is taken in order, of what is given up last first, and asks again when one fails', async () => {
    const bus = new TestBus();
    const member = new TestMember('a', bus);
    const told: string[] = [];
    let failures = 1;
    member.ownership.onTake((shard) => void told.push(`first ${shard}`));
    member.ownership.onTake((shard) => {
      if (shard === 5 && failures-- > 0) throw new Error('not yet');
      told.push(`second ${shard}`);
    });
    member.ownership.onRelease((shard) => void told.push(`outer ${shard}`));
    member.ownership.onRelease(async (shard) => {
      told.push(`inner ${shard}`);
      await Promise.reject(new Error('oh'));
    });
    void member.ownership.start();
    await pass(400);
    expect(told.filter((text) => text.endsWith(' 1'))).toEqual(['first 1', 'second 1']);
    expect(member.ownership.owns(5)).toBe(false);
    expect(member.ownership.owned()).toHaveLength(63);
    await pass(1_100);
    expect(told.slice(-2)).toEqual(['first 5', 'second 5']);
    told.length = 0;
    await member.ownership.leave();
    expect(told.filter((text) => text.endsWith(' 7'))).toEqual(['inner 7', 'outer 7']);
    expect(told).toHaveLength(128);
  });

  it('is never taken when the member leaves before it has joined', async () => {
    const bus = new TestBus();
    const member = new TestMember('a', bus);
    const start = member.ownership.start();
    await pass(100);
    await member.ownership.leave();
    await pass(1_000);
    await start;
    await pass(5_000);
    expect(member.ownership.owned()).toEqual([]);
  });

  it('is served to the end by a member that leaves, however long its drain takes', async () => {
    const [member] = await started(new TestBus(), 'a');
    if (!member) throw new Error('one');
    let drained: () => void = () => undefined;
    member.ownership.onRelease(() => new Promise<void>((resolve) => (drained = resolve)));
    void member.ownership.leave();
    await pass(8_000);
    expect(member.ownership.alive()).toBe(true);
    drained();
  });
});
