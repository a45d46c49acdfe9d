const escapeSequence = /\\(?:[abcfnrtv$"\\]|0\d{0,3})/g;

const characters: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '"': '"',
  '\\': '\\',
  // What is interpolated afterwards takes it for a dollar that is one.
  $: '$$',
};

/**
 * What the escapes of a value in double quotes stand for, as in compose-go v2.16 (dotenv/parser.go):
 * an octal one is `\0` and three digits, and what is none of them keeps its backslash.
 */
export function expandEscapes(text: string): string {
  return text.replace(escapeSequence, (found) => {
    if (!found.startsWith('\\0')) return characters[found.slice(1)] ?? found;
    const digits = found.slice(2);
    const code = /^[0-7]{3}$/.test(digits) ? Number.parseInt(digits, 8) : 256;
    return code < 256 ? String.fromCharCode(code) : `\\${digits}`;
  });
}
