import { controlPrefixes, readControlLine, REFLECTION_CONTROLS, REPLY_CONTROLS } from './control-line';

const read = (line: string) => readControlLine(line, REPLY_CONTROLS);
const inReflection = (line: string) => readControlLine(line, REFLECTION_CONTROLS);

describe('a control line', () => {
  it('begins with capitals at the start of a line', () => {
    expect(controlPrefixes(REPLY_CONTROLS)).toEqual(['COMMIT:', 'DONE:', 'NAME:', 'DIRECTIVE:']);
    for (const none of [
      'commit: x',
      ' COMMIT: finish it',
      'I COMMIT: finish it',
      'COMMIT finish it',
      '',
      'DONE',
    ])
      expect(read(none)).toBeNull();
  });

  it('COMMIT asks for a commitment of 3 to 400 characters', () => {
    expect(read('COMMIT:  finish it ')).toEqual({
      line: 'COMMIT:  finish it',
      kind: 'commit',
      text: 'finish it',
    });
    for (const bad of ['COMMIT:', 'COMMIT: no', `COMMIT: ${'a'.repeat(401)}`])
      expect(read(bad)).toMatchObject({ kind: 'commit', refused: 'a commitment has 3 to 400 characters' });
    expect(read(`COMMIT: ${'😀'.repeat(400)}`)).toMatchObject({ text: '😀'.repeat(400) });
  });

  it.each([
    ['DONE: cabc #12', 'cabc', [12]],
    ['DONE: cabc [#12]', 'cabc', [12]],
    ['DONE: c #12 #15, #12', 'c', [12, 15]],
  ])('%j closes %s with %j', (line, cid, evidence) =>
    expect(read(line)).toEqual({ line, kind: 'done', cid, evidence }),
  );

  it.each([
    'DONE: cabc',
    'DONE: #12',
    'DONE: cabc 12',
    'DONE: I did it',
    'DONE: c #1x',
    `DONE: ${'c'.repeat(65)} #1`,
  ])('%j is malformed', (line) =>
    expect(read(line)).toMatchObject({ kind: 'done', refused: expect.stringContaining('the form is') }),
  );

  it('NAME proposes a name', () => {
    expect(read('NAME: Nova')).toMatchObject({ kind: 'name', name: 'Nova' });
    expect(read('NAME: "Nova"')).toMatchObject({ kind: 'name', name: 'Nova' });
    expect(read('NAME: 7of9')).toMatchObject({ kind: 'name', refused: 'not a name' });
  });

  it('DIRECTIVE gives a directive, white space collapsed', () => {
    expect(read('DIRECTIVE: be   brief')).toMatchObject({ kind: 'directive', text: 'be brief' });
    expect(read('DIRECTIVE:  ')).toMatchObject({ kind: 'directive', refused: 'a directive needs a text' });
  });

  it('POLICY counts in a reflection only, and is bounded', () => {
    expect(read('POLICY: reflection.min_turns = 3')).toBeNull();
    expect(inReflection('POLICY: reflection.min_turns = 3')).toMatchObject({
      key: 'reflection.min_turns',
      value: 3,
    });
    expect(inReflection('POLICY: reflection.min_turns=99')).toMatchObject({ value: 6 });
    expect(inReflection('POLICY: reflection.min_turns = 2.4')).toMatchObject({ value: 2 });
    expect(inReflection('POLICY: reflection.min_seconds = -5')).toMatchObject({ value: 10 });
    expect(inReflection('POLICY: other.thing = 3')).toMatchObject({
      refused: 'there is no policy other.thing',
    });
    expect(inReflection('POLICY: do better')).toMatchObject({
      refused: expect.stringContaining('the form is'),
    });
  });

  it('NAME counts in a reply only', () => expect(inReflection('NAME: Nova')).toBeNull());

  it('is refused when it is too long, and kept in part', () => {
    const line = read(`DIRECTIVE: ${'a'.repeat(5_000)}`);
    expect(line).toMatchObject({ refused: 'the line is too long' });
    expect(line?.line).toHaveLength(4_096);
  });
});
