/** What a line of the chat asks for. */
export type ChatLine =
  | { is: 'nothing' }
  | { is: 'say'; text: string }
  | { is: 'state' | 'commitments' | 'reflect' | 'tick' | 'help' }
  | { is: 'quit' }
  | { is: 'commit'; text: string }
  | { is: 'close'; cid: string; evidence: number[] }
  | { is: 'why'; position: number }
  | { is: 'wrong'; usage: string };

export const CHAT_HELP = [
  '/state                       who the mind is',
  '/commitments                 what it has promised',
  '/commit <text>               open a commitment',
  '/close <cid> <position> …    close one; the positions are the evidence',
  '/reflect                     ask for a reflection',
  '/tick                        ask for a tick',
  '/why <position>              what an event came from',
  '/quit                        leave',
];

const position = (word: string | undefined): number | null => {
  const [, digits] = /^#?(\d{1,15})$/.exec(word ?? '') ?? [];
  return digits && Number(digits) > 0 ? Number(digits) : null;
};

/** Reads a line. A slash begins a command; two slashes say a text that begins with one. */
export function readChatLine(line: string): ChatLine {
  const text = line.trim();
  if (text === '') return { is: 'nothing' };
  if (text.startsWith('//')) return { is: 'say', text: text.slice(1) };
  if (!text.startsWith('/')) return { is: 'say', text };
  const [word = '', ...rest] = text.slice(1).split(/\s+/);
  return commandOf(word, rest, text);
}

function commandOf(word: string, rest: string[], text: string): ChatLine {
  switch (word) {
    case 'state':
    case 'commitments':
    case 'reflect':
    case 'tick':
    case 'quit':
    case 'help':
      return rest.length === 0 ? { is: word } : { is: 'wrong', usage: `/${word}` };
    case 'commit': {
      const said = text.slice('/commit'.length).trim();
      return said === '' ? { is: 'wrong', usage: '/commit <text>' } : { is: 'commit', text: said };
    }
    case 'close':
      return closeOf(rest);
    case 'why': {
      const at = position(rest[0]);
      return at === null || rest.length > 1
        ? { is: 'wrong', usage: '/why <position>' }
        : { is: 'why', position: at };
    }
    default:
      return { is: 'wrong', usage: '/help lists the commands' };
  }
}

function closeOf([cid, ...words]: string[]): ChatLine {
  const evidence = words.map(position).filter((one) => one !== null);
  const complete = cid !== undefined && words.length > 0 && evidence.length === words.length;
  return complete ? { is: 'close', cid, evidence } : { is: 'wrong', usage: '/close <cid> <position> …' };
}
