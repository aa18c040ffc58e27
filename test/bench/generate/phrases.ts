import type { Random } from './random';

const WORDS =
  'the a we you it this garden report letter river plan morning question answer idea friend city music water light bread train window music story number coffee winter summer paper road forest kitchen door task week month promise reason way word name memory place people time day work life help look think know feel want find keep make take write read ask say try wait learn remember again maybe always soon later today tomorrow better slow quiet clear small long good new old warm early late open near café naïve déjà Łódź 日本 →'.split(
    ' ',
  );
const POOL = 512;

/** Sentences made once, of which a log is put together: what is said in it is long and varied, yet cheap to make. */
export class Phrases {
  private readonly pool: string[];

  constructor(private readonly random: Random) {
    this.pool = Array.from({ length: POOL }, () => this.sentence());
  }

  /** Sentences in a row. */
  said(least: number, most: number): string {
    const count = least + this.random.below(most - least + 1);
    return Array.from({ length: count }, () => this.random.pick(this.pool)).join(' ');
  }

  words(count: number): string {
    return Array.from({ length: count }, () => this.random.pick(WORDS)).join(' ');
  }

  private sentence(): string {
    const text = this.words(4 + this.random.below(12));
    return `${text[0]?.toUpperCase()}${text.slice(1)}${this.random.pick(['.', '.', '.', '!', ', "quoted".'])}`;
  }
}
