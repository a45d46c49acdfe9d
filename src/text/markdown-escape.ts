/**
 * The one place where text that somebody else wrote becomes Markdown or HTML. A metric's name may be
 * `@everyone`, `</td><script>`, `[x](//evil)` or a right-to-left override: it comes from a file in a
 * pull request. Such text stands in code spans only. GitHub looks for mentions, issue references,
 * commit hashes, addresses and emoji names in text but not in code, and no backslash stops it there.
 */

/** Characters of one name or value that are shown. */
const defaultLength = 80;

/**
 * Makes every character count and show: control, format (bidi, zero-width), private-use, unassigned
 * and lone-surrogate characters become U+FFFD, line breaks and odd spaces a space, and a pile of
 * combining marks is cut. A long text keeps its beginning and its end around an ellipsis.
 */
export function visible(text: string, maxLength = defaultLength): string {
  // Cut before the replacements, which cost time on a long text, and after, for the exact length.
  const plain = shortened(text, maxLength * 4)
    .replace(/[\n\r\t\v\f\u0085\u2028\u2029\p{Zs}]/gu, ' ')
    .replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\u115f\u1160\u3164\uffa0]/gu, '\ufffd')
    .replace(/(\p{M}{3})\p{M}+/gu, '$1');
  return shortened(plain, maxLength);
}

/** Untrusted text as a code span, for a paragraph, a heading or a list; not for a table cell. */
export function code(text: string, maxLength?: number): string {
  return codeSpan(visible(text, maxLength));
}

/** Untrusted text as a code span in a table cell. */
export function cellCode(text: string, maxLength?: number): string {
  // A table is split at pipes before anything else is read. `\|` is a pipe also in code, but the
  // parsers disagree on `\\|`, so a pipe behind a backslash becomes a broken bar.
  const cell = visible(text, maxLength)
    .replace(/(\\+)\|/g, '$1¦')
    .replaceAll('|', '\\|');
  return codeSpan(cell);
}

/** Untrusted text as a code element within HTML, for example in a `<summary>`. */
export function htmlCode(text: string, maxLength?: number): string {
  return `<code>${htmlText(visible(text, maxLength))}</code>`;
}

/** Text for HTML content or a quoted attribute. */
export function htmlText(text: string): string {
  return text.replace(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** A link with words of ours, and only to an http or https address; just the words otherwise. */
export function link(words: string, address: string): string {
  const target = safeAddress(address);
  return target === undefined ? words : `[${words}](${target})`;
}

/** An http or https address without a user, with only characters that mean nothing in Markdown. */
export function safeAddress(address: string): string | undefined {
  if (!URL.canParse(address)) return undefined;
  const { protocol, username, password, href } = new URL(address);
  if (!/^https?:$/.test(protocol) || username !== '' || password !== '') return undefined;
  return href.replace(
    /[^\w\-./:?#&=%~+,]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}

function codeSpan(plain: string): string {
  if (plain === '') return '*empty*';
  // cmark stops at fences of 80; nobody writes such names in good faith.
  const text = plain.replace(/`{8,}/g, (run) => 'ˋ'.repeat(run.length));
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = /^[ `]|[ `]$/.test(text) && /[^ ]/.test(text) ? ' ' : '';
  return `${fence}${pad}${text}${pad}${fence}`;
}

function shortened(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const end = Math.floor(maxLength / 3);
  const head = text.slice(0, maxLength - end - 1).replace(/[\ud800-\udbff]$/, '');
  const tail = text.slice(text.length - end).replace(/^[\udc00-\udfff]/, '');
  return `${head}…${tail}`;
}
