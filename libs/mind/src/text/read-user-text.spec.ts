import { checkNewEvent } from '#libs/kernel';
import { readUserText } from './read-user-text';

/** What a text implies, in short. */
const implied = (text: string): string[] =>
  readUserText(text).map(({ kind, content, meta }) => {
    if (kind === 'identity_adopt') return `mind=${String(meta['name'])}`;
    if (kind === 'identity_propose') return `proposed=${String(meta['name'])}`;
    if (kind === 'user_identity_set') return `user=${String(meta['name'])}`;
    return `${kind === 'autonomy_directive' ? 'directive' : 'knows'}:${content}`;
  });
const named = (name: string) => [`proposed=${name}`, `mind=${name}`];

describe('a user names the mind', () => {
  it.each([
    ['Your name is Nova.', 'Nova'],
    ['your name is Nova', 'Nova'],
    ["your name's Nova!", 'Nova'],
    ['I will call you Nova.', 'Nova'],
    ["I'll call you Nova", 'Nova'],
    ['I’ll call you Nova', 'Nova'],
    ['You are now called Nova', 'Nova'],
    ["You're now called Nova", 'Nova'],
    ["Let's call you Nova", 'Nova'],
    ['Let’s call you Nova.', 'Nova'],
    ['I name you Nova', 'Nova'],
    ['From now on, your name is Nova', 'Nova'],
    ['from now on your name is Nova', 'Nova'],
    ['Ok, your name is Nova', 'Nova'],
    ['okay, from now on, your name is Nova', 'Nova'],
    ['Please, I will call you Nova', 'Nova'],
    ['Hello, your name is Nova', 'Nova'],
    ['Hi there! Your name is Nova.', 'Nova'],
    ['Good morning, let us call you Nova', 'Nova'],
    ['Your name is Nova, and be nice', 'Nova'],
    ['Your name is Nova and mine is secret', 'Nova'],
    ['Your name is Ada Lovelace King Noel', 'Ada Lovelace King Noel'],
    ['Your name is Ren-7.', 'Ren-7'],
    ["Your name is O'Neil", "O'Neil"],
    ['Your name is O’Neil', "O'Neil"],
    ['Your name is "captain hook".', 'captain hook'],
    ['Your name is “captain hook”, ok', 'captain hook'],
    ["Your name is 'bob' and mine is not", 'bob'],
    ['Your name is "Nova."', 'Nova'],
    ['Your name is J. R. Smith. Nice to meet you', 'J. R. Smith'],
    ['Your name is Dr. Who', 'Dr. Who'],
    ['your name is 花子', '花子'],
    ['Your name is Łucja 😀', 'Łucja'],
    ['I like you. Your name is Nova! Is that fine?', 'Nova'],
    ['Hello\nYour name is Nova\nbye', 'Nova'],
    ['Your name is E\u0301chO', 'ÉchO'],
  ])('%j → %s', (text, name) => expect(implied(text)).toEqual(named(name)));

  it.each([
    'Please tell me about Paris',
    'Is your name Nova?',
    'Your name is Nova?',
    'What is your name',
    'Your name is nova',
    'Your name is not Nova',
    'Your name is Nova today',
    'Your name is A B C D E',
    'Your name is',
    'Your name is 7of9',
    'Your name is "7of9"',
    'He said: "Your name is Nova"',
    'I think your name is Nova',
    'My dog says your name is Nova',
    'You are called Nova',
    "Don't call you Nova",
    'I will not call you Nova',
    `Your name is "${'a'.repeat(65)}"`,
    '',
  ])('%j renames nobody', (text) => expect(implied(text)).toEqual([]));
});

describe('a user tells their own name', () => {
  it.each([
    ['My name is Sam', 'Sam'],
    ["my name's Sam.", 'Sam'],
    ['Hi, my name is Sam Smith and I like tea', 'Sam Smith'],
    ['Call me Ishmael.', 'Ishmael'],
    ['Please call me Ishmael, will you', 'Ishmael'],
    ['From now on, call me Bob', 'Bob'],
    ["I'm Sam", 'Sam'],
    ['I’m Sam.', 'Sam'],
    ['I am Sam!', 'Sam'],
    ['Hello! I am "the dude"', 'the dude'],
  ])('%j → %s', (text, name) => expect(implied(text)).toEqual([`user=${name}`]));

  it.each([
    'I am Sam and I like tea',
    "I'm Sam, hello",
    "I'm tired",
    'I am not Sam',
    'I AM SO TIRED',
    'I am Sam?',
    'Call me back tomorrow',
    'My name is not important',
  ])('%j names nobody', (text) => expect(implied(text)).toEqual([]));
});

describe('directives', () => {
  it.each([
    ['From now on, answer in French.', 'answer in French'],
    ['From now on be brief', 'be brief'],
    ['Ok, from now on, be brief', 'be brief'],
    ['Always answer in French.', 'Always answer in French'],
    ['Please always answer in French', 'always answer in French'],
    ['never talk about my weight', 'never talk about my weight'],
    ['From now on, can you be brief?', 'can you be brief'],
    ['From now on, your answers are short', 'your answers are short'],
  ])('%j → %j', (text, directive) => expect(implied(text)).toEqual([`directive:${directive}`]));

  it.each([
    'Always be brief',
    'never mind',
    'Never mind the rain today friend',
    'Never seen that one before?',
    'I always answer in French',
    'From now on',
    'From now on, ...',
    `Always ${'blah '.repeat(500)}`,
  ])('%j is none', (text) => expect(implied(text)).toEqual([]));

  it('a sentence that names is none', () => {
    expect(implied('From now on, your name is Nova')).toEqual(named('Nova'));
    expect(implied('From now on, call me Bob')).toEqual(['user=Bob']);
  });
});

describe('knowledge', () => {
  it.each([
    ['Remember that my dog is called Rex.', 'my dog is called Rex'],
    ['Please remember that: I am 40', 'I am 40'],
  ])('%j → %j', (text, statement) => expect(implied(text)).toEqual([`knows:${statement}`]));

  it.each([
    'Remember that?',
    'Remember that',
    'Do you remember that I am 40',
    'Remember that time in Paris?',
  ])('%j is none', (text) => expect(implied(text)).toEqual([]));
});

describe('the events of a text', () => {
  const text =
    'Hello! Your name is Nova. My name is Sam.\nAlways answer in plain words. Remember that I live in Rome. How are you?';

  it('come in order, one meaning a sentence, and are accepted by the registry', () => {
    expect(implied(text)).toEqual([
      ...named('Nova'),
      'user=Sam',
      'directive:Always answer in plain words',
      'knows:I live in Rome',
    ]);
    for (const one of readUserText(text)) checkNewEvent({ ...one, id: 'e' });
  });

  it('refer to the message by their distance', () => {
    const [propose, adopt, , directive, knows] = readUserText(text);
    expect(propose?.meta).toEqual({ name: 'Nova', source: 'user', confidence: 1, origin: -1 });
    expect(adopt?.meta).toEqual({ name: 'Nova', source: 'user', confidence: 1, proposal: -1 });
    expect(directive?.meta).toEqual({ source: 'user', origin: -4 });
    expect(knows?.meta).toEqual({ origin: -5 });
  });

  it('are a function of the text alone', () => expect(readUserText(text)).toEqual(readUserText(text)));

  it('are at most 16, and an adoption is never cut in two', () => {
    expect(implied('Remember that it is so. '.repeat(40))).toHaveLength(16);
    expect(implied(`${'Remember that it is so. '.repeat(15)}Your name is Nova.`)).toHaveLength(15);
  });

  it('can be of any text', () => {
    for (const odd of ['\n\n', '...', '?!', '"', 'I name you', '。', 'always', 'Your name is and', '\r'])
      expect(implied(odd)).toEqual([]);
  });
});
