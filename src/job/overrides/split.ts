import { ExpectedFailure } from '../../errors.ts';

/**
 * Takes an input's text apart into overrides of params: at line ends, and at commas and white space
 * outside of quotes, brackets, braces and parentheses. A backslash belongs to what follows it, as in
 * Hydra's grammar (hydra/grammar/OverrideLexer.g4); what a value may be, DVC says when it applies
 * them. Throws 'usage' for a word that can be none, and for what is not closed.
 */
export function splitOverrides(text: string): string[] {
  const words: string[] = [];
  let word = '';
  let quote = '';
  const open: string[] = [];
  for (let at = 0; at < text.length; at++) {
    const letter = text[at] ?? '';
    if (quote === '' && open.length === 0 && /[\s,]/.test(letter)) {
      if (word !== '') words.push(word);
      word = '';
      continue;
    }
    word += letter;
    if (letter === '\\') word += text[++at] ?? '';
    else if (quote !== '') {
      if (letter === quote) quote = '';
    } else if (letter === '"' || letter === "'") quote = letter;
    else if (letter in closing) open.push(closing[letter as keyof typeof closing]);
    else if (letter === open.at(-1)) open.pop();
  }
  const missing = quote || open.at(-1);
  if (missing) {
    throw refused(word, `has no closing ${missing}`);
  }
  if (word !== '') words.push(word);
  for (const one of words) {
    if (!/^[^='"]+=/.test(one) && !/^(?:[^='"]+:)?~[^='"]/.test(one)) {
      throw refused(one, 'is not a key and a value');
    }
  }
  return words;
}

const closing = { '[': ']', '{': '}', '(': ')' } as const;

function refused(word: string, why: string): ExpectedFailure {
  return new ExpectedFailure({
    kind: 'usage',
    cause: `the params override ${JSON.stringify(word.slice(0, 200))} ${why}`,
    hint: 'Write it as dvc exp run -S takes it, such as train.n_estimators=200 or conf.json:layers=[64,32], several with commas between them. A text with commas or spaces in it goes in quotes: name="a, b".',
  });
}
