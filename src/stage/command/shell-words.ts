/** A word of a command line as a shell reads it, and the offset of its first character. */
export interface ShellWord {
  readonly text: string;
  readonly start: number;
}

/** What a shell would do with a command line beyond splitting it into words. */
export interface ShellFault {
  /** Of the character that the shell would act upon. */
  readonly offset: number;
  readonly kind: 'operator' | 'expansion' | 'pattern' | 'unfinished';
  /** The character, or the whole operator, such as `&&`. */
  readonly found: string;
}

export interface ShellLine {
  /** Up to the fault, if there is one. */
  readonly words: readonly ShellWord[];
  readonly fault?: ShellFault;
}

/**
 * The words of a simple command, as every POSIX shell splits it (Shell Command Language, 2.2 and
 * 2.3), without running anything. A fault is the first thing that a shell would do more than split:
 * an operator or another line; `$` and backquotes; a pattern of file names, `~` and, for bash and
 * zsh, `{a,b}`; a quote that is not closed. A comment is passed over.
 */
export function shellWords(text: string): ShellLine {
  const words: ShellWord[] = [];
  let at = 0;
  for (;;) {
    at = blanksEnd(text, at);
    if (at >= text.length) return { words };
    if (text[at] === '#') {
      at = lineEnd(text, at);
      continue;
    }
    if (text[at] === '\n') {
      const rest = nextCommand(text, at);
      if (rest === undefined) return { words };
      if (words.length > 0) return { words, fault: { offset: at, kind: 'operator', found: '\n' } };
      at = rest;
      continue;
    }
    const read = readWord(text, at);
    if (read.fault) return { words, fault: read.fault };
    if (read.text !== undefined) words.push({ text: read.text, start: at });
    at = read.end;
  }
}

interface WordRead {
  /** Undefined where only a line went on. */
  readonly text?: string;
  readonly end: number;
  readonly fault?: ShellFault;
}

/** Characters that no shell does anything with, wherever they stand. */
const ordinary = /[\w./:=@%+-]+/y;

function readWord(text: string, start: number): WordRead {
  let word: string | undefined;
  let brace: number | undefined;
  let at = start;
  const fault = (offset: number, kind: ShellFault['kind'], found: string): WordRead => ({
    end: offset,
    fault: { offset, kind, found },
  });
  while (at < text.length) {
    if (brace === undefined) {
      ordinary.lastIndex = at;
      const run = ordinary.exec(text)?.[0];
      if (run !== undefined) {
        word = (word ?? '') + run;
        at += run.length;
        continue;
      }
    }
    const character = text[at] ?? '';
    if (/[ \t\n]/.test(character)) break;
    const operator = /^(?:&&|\|\||;;|<<|>>|[;&|<>()])/.exec(text.slice(at, at + 2))?.[0];
    if (operator !== undefined) return fault(at, 'operator', operator);
    if (character === '\0') return fault(at, 'unfinished', character);
    if (character === '$' || character === '`') return fault(at, 'expansion', character);
    if (/[*?[]/.test(character)) return fault(at, 'pattern', character);
    if (character === '~' && (at === start || /[=:]/.test(text[at - 1] ?? ''))) {
      return fault(at, 'pattern', character);
    }
    if (character === '{') brace ??= at;
    if (brace !== undefined && (character === ',' || (character === '.' && text[at - 1] === '.'))) {
      return fault(brace, 'pattern', '{');
    }
    if (character === '\\') {
      if (at + 1 >= text.length) return fault(at, 'unfinished', character);
      if (text[at + 1] !== '\n') word = (word ?? '') + text[at + 1];
      at += 2;
    } else if (character === "'") {
      const end = text.indexOf("'", at + 1);
      if (end === -1) return fault(at, 'unfinished', character);
      word = (word ?? '') + text.slice(at + 1, end);
      at = end + 1;
    } else if (character === '"') {
      const quoted = readDoubleQuoted(text, at);
      if (quoted.fault) return quoted;
      word = (word ?? '') + (quoted.text ?? '');
      at = quoted.end;
    } else {
      word = (word ?? '') + character;
      at += 1;
    }
  }
  return { end: at, ...(word !== undefined && { text: word }) };
}

/** Between double quotes a backslash is itself, but before `$`, a backquote, `"`, `\` and a line end. */
function readDoubleQuoted(text: string, start: number): WordRead {
  let word = '';
  let at = start + 1;
  for (; at < text.length; at += 1) {
    const character = text[at] ?? '';
    if (character === '"') return { text: word, end: at + 1 };
    if (character === '$' || character === '`') {
      return { end: at, fault: { offset: at, kind: 'expansion', found: character } };
    }
    if (character === '\\' && /[$`"\\\n]/.test(text[at + 1] ?? '')) {
      at += 1;
      if (text[at] !== '\n') word += text[at];
    } else {
      word += character;
    }
  }
  return { end: at, fault: { offset: start, kind: 'unfinished', found: '"' } };
}

function blanksEnd(text: string, from: number): number {
  let at = from;
  while (text[at] === ' ' || text[at] === '\t') at += 1;
  return at;
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end === -1 ? text.length : end;
}

/** Where after a line end something begins that is no blank and no comment. */
function nextCommand(text: string, lineBreak: number): number | undefined {
  const rest = /^(?:[ \t]*(?:#[^\n]*)?\n)*[ \t]*(?=[^ \t\n#])/.exec(text.slice(lineBreak));
  return rest ? lineBreak + rest[0].length : undefined;
}
