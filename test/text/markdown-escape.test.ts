import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { cellCode, code, htmlCode, link, visible } from '../../src/text/markdown-escape.ts';
import { codeContents, fuzzCases, hostileText, structure } from '../report/hostile-text.ts';

interface Escaper {
  readonly text: (untrusted: string) => string;
  readonly cell: (untrusted: string) => string;
  readonly html: (untrusted: string) => string;
}

/** Names in every place where a comment has some. */
function page(names: readonly string[], using: Escaper): string {
  const [one = 'a', two = 'b', three = 'c', four = 'd', five = 'e'] = names;
  return [
    `### ${using.text(one)} 1 → 2, ${using.text(two)} gone`,
    `- ${using.text(three)}\n- ${using.text(four)}`,
    `> ${using.text(five)}`,
    `| A | B |\n| --- | ---: |\n${names.map((name) => `| ${using.cell(name)} (was ${using.cell(name)}) | ${using.cell(name)} |`).join('\n')}`,
    `<details><summary>${using.html(one)}</summary>\n\n${using.text(two)}\n\n</details>`,
  ].join('\n\n');
}

/** Whether pages of hostile names all have the structure of a page of harmless ones. */
function harmless(using: Escaper, cases: number): boolean {
  const names = fc.array(hostileText, { minLength: 10, maxLength: 10 });
  const expected = structure(page(Array(10).fill('x'), using));
  const result = fc.check(
    fc.property(names, (hostile) => structure(page(hostile, using)) === expected),
    { numRuns: Math.ceil(cases / 10), endOnFailure: true },
  );
  return !result.failed;
}

const escaper: Escaper = { text: code, cell: cellCode, html: htmlCode };

describe('untrusted text', () => {
  test('makes no element, link, mention or cell of its own', () => {
    expect(structure(page(Array(10).fill('x'), escaper))).not.toMatch(/[@]|"link"|"image"/);
    expect(harmless(escaper, fuzzCases)).toBe(true);
  });

  const backslashes = (text: string) => text.replace(/[\\`*_{}[\]()#+.!|<>~-]/g, '\\$&');
  test.each<[string, Partial<Escaper>]>([
    ['backslashes', { text: backslashes, cell: backslashes }],
    ['bare code spans', { text: (text) => `\`${text}\``, cell: (text) => `\`${text}\`` }],
    ['code spans in cells that forget pipes', { cell: code }],
    ['HTML as it is', { html: (text) => `<code>${text}</code>` }],
  ])('would, with %s instead', (_, naive) => {
    expect(harmless({ ...escaper, ...naive }, 4_000)).toBe(false);
  });

  test('is shown whole where it may be', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 40 }), (text) => {
        fc.pre(!/\\\||`{8}|^ *$/.test(text));
        expect(codeContents(`a ${code(text)} b`)).toEqual([text]);
        expect(codeContents(`| a |\n| - |\n| ${cellCode(text)} |`)).toEqual([text]);
      }),
      { numRuns: fuzzCases / 5 },
    );
  });
});

describe('what can be seen', () => {
  test.each([
    ['line breaks', 'a\r\nb\u2028c', 'a  b c'],
    ['control characters', 'a\0b\x1b[31m', 'a\ufffdb\ufffd[31m'],
    ['direction overrides', 'a\u202eb', 'a\ufffdb'],
    ['zero-width characters', 'acc\u200buracy', 'acc\ufffduracy'],
    ['half a surrogate pair', 'a\ud800', 'a\ufffd'],
    ['private use', '\ue000', '\ufffd'],
    ['invisible letters', '\u3164', '\ufffd'],
    ['piled marks', `a${'\u0301'.repeat(50)}b`, `a${'\u0301'.repeat(3)}b`],
    ['letters of any script', 'é精度🙂', 'é精度🙂'],
    ['a long text', `${'a'.repeat(100)}${'b'.repeat(100)}`, `${'a'.repeat(53)}…${'b'.repeat(26)}`],
  ])('%s', (_, text, expected) => {
    expect(visible(text)).toBe(expected);
  });

  test('is as short as asked for and well-formed', () => {
    fc.assert(
      fc.property(hostileText, fc.integer({ min: 10, max: 100 }), (text, length) => {
        const seen = visible(text, length);
        expect(seen.length).toBeLessThanOrEqual(length);
        expect(seen).not.toMatch(/\p{Cs}/u);
        expect(visible(seen, length)).toBe(seen);
      }),
    );
  });

  test('a megabyte takes no time', () => {
    const start = performance.now();
    code('`\u0301|\n'.repeat(2 ** 18));
    expect(performance.now() - start).toBeLessThan(50);
  });
});

describe('links', () => {
  test.each([
    ['https://a.example/b?c=d&e=f#g', '[words](https://a.example/b?c=d&e=f#g)'],
    ['https://a.example/) [x](y', '[words](https://a.example/%29%20%5Bx%5D%28y)'],
    ['http://127.0.0.1:5000/#/x', '[words](http://127.0.0.1:5000/#/x)'],
    ['javascript:alert(1)', 'words'],
    ['https://user@a.example/', 'words'],
    ['data:text/html,x', 'words'],
    ['nothing', 'words'],
  ])('%s', (address, markdown) => {
    expect(link('words', address)).toBe(markdown);
  });

  test('stay one link whatever the address', () => {
    const expected = structure(`a ${link('words', 'https://a.example/x')} b`).replace(
      /"url":"[^"]*"/,
      '',
    );
    fc.assert(
      fc.property(hostileText, (text) => {
        const found = structure(`a ${link('words', `https://a.example/${text}`)} b`);
        expect(found.replace(/"url":"[^"]*"/, '')).toBe(expected);
      }),
      { numRuns: fuzzCases / 5 },
    );
  });
});
