/** Characters of a block: a piece of twice as many, less one, has a whole one in it, wherever it begins. */
const blockSize = 8;

/** What is shorter may be by chance what a secret has too. */
const shortestPiece = 12;

/** Where in a form a block stands. */
interface Place {
  readonly form: string;
  readonly at: number;
}

/** Blocks of words, dates and versions stand elsewhere too: one that tells has digits among letters. */
const isTelling = /^(?=.*\d)(?=.*[a-z])[^\s.\-_/:,]+$/i;

/** From and to, as of `slice`. */
export type Range = readonly [from: number, to: number];

/**
 * What finds pieces of secrets in texts: of a line that was cut, of a text that was broken into lines, of
 * a password that a program shortens. `forms` are the notations of the secrets (`secretForms`).
 */
export function pieceFinder(forms: readonly string[]): (text: string) => Range[] {
  const blocks = new Map<string, Place[]>();
  // By its first two characters most of a text is known to hold no block: a look-up for each is slow.
  const starts = new Uint8Array(65_536);
  for (const form of forms) {
    for (let at = 0; at + blockSize <= form.length; at += blockSize) {
      const block = form.slice(at, at + blockSize);
      if (!isTelling.test(block)) continue;
      blocks.set(block, [...(blocks.get(block) ?? []), { form, at }]);
      starts[startOf(block, 0)] = 1;
    }
  }
  return (text) => {
    const found: Range[] = [];
    let free = 0;
    for (let at = 0; at + blockSize <= text.length; at++) {
      if (starts[startOf(text, at)] === 0) continue;
      const places = blocks.get(text.slice(at, at + blockSize)) ?? [];
      const [from, to] = longest(places.map((place) => extended(text, at, place, free)));
      if (to - from < shortestPiece) continue;
      const whole = [startOfEscape(text, from, free), endBeforeEscape(text, from, to)] as const;
      found.push(whole);
      free = whole[1];
      at = free - 1;
    }
    return found;
  };
}

function startOf(text: string, at: number): number {
  return ((text.charCodeAt(at) << 8) ^ text.charCodeAt(at + 1)) & 0xffff;
}

/** All of the text around a block that the form has around it too, but nothing before `free`. */
function extended(text: string, at: number, { form, at: inForm }: Place, free: number): Range {
  let before = 0;
  while (
    before < inForm &&
    before < at - free &&
    text[at - before - 1] === form[inForm - before - 1]
  ) {
    before++;
  }
  let after = blockSize;
  while (inForm + after < form.length && text[at + after] === form[inForm + after]) after++;
  return [at - before, at + after];
}

/** Escapes of JSON stay whole, or it is none any more: what is hidden begins before one. */
function startOfEscape(text: string, from: number, free: number): number {
  const [unicode = ''] = /\\u[\da-f]{0,3}$/i.exec(text.slice(Math.max(free, from - 5), from)) ?? [];
  const before = from - unicode.length;
  return backslashes(text, before, free) % 2 === 1 ? before - 1 : before;
}

/** And ends before one that it has not whole. */
function endBeforeEscape(text: string, from: number, to: number): number {
  return to - (backslashes(text, to, from) % 2);
}

/** How many there are right before a place. */
function backslashes(text: string, at: number, from: number): number {
  let count = 0;
  while (at - count > from && text[at - count - 1] === '\\') count++;
  return count;
}

function longest(ranges: readonly Range[]): Range {
  return ranges.reduce((best, one) => (one[1] - one[0] > best[1] - best[0] ? one : best), [0, 0]);
}
