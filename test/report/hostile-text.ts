import * as fc from 'fast-check';
import type { Nodes } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';

/** How many hostile texts a property tries; more by the environment for a long run. */
export const fuzzCases = Number(process.env.FUZZ_CASES ?? 1_000);

const fragments = [
  ...['@everyone', '@org/team', '#1', 'GH-1', 'org/repo#1', 'deadbeef'.repeat(5), 'a@b.example'],
  ...['<script>alert(1)</script>', '<img src=x onerror=a>', '</details>', '</summary>', '</code>'],
  ...[
    '<!--',
    '-->',
    '&lt;',
    '&#64;',
    '&copy',
    '[x](//evil.example)',
    '![x](a.png)',
    '[x]:',
    '[^1]',
  ],
  ...['www.evil.example', 'https://evil.example', 'javascript:alert(1)', '$x$', '$$', ':tada:'],
  ...['`', '``', '```', '`'.repeat(90), '|', '\\|', '\\\\|', '\\', '|---|', '\n|---|---|\n', '||'],
  ...[
    '\n',
    '\r\n',
    '\r',
    '\t',
    '\u2028',
    '\u0085',
    '\0',
    '\x1b[31m',
    ' ',
    '  ',
    '\u00a0',
    '\u3000',
  ],
  ...['\u202e', '\u2066', '\u200b', '\u200d', '\ufeff', '\ud800', '\udc00', '\u{e0041}', 'e\u0301'],
  ...[
    '*',
    '**',
    '_',
    '__',
    '~~',
    '# ',
    '- ',
    '1. ',
    '> ',
    '---',
    '===',
    '    ',
    '::error::',
    '${{',
  ],
  ...['accuracy', 'f1', '0.5', 'é', '精度', '🙂', '\u0301'.repeat(40), 'x'.repeat(300), '"', "'"],
];

/** Names and values as an attacker, or a careless script, would write them. Never empty. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc
    .array(fc.constantFrom(...fragments), { minLength: 1, maxLength: 6 })
    .map((parts) => parts.join('')),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }),
  fc.string({ minLength: 1, maxLength: 20 }),
);

/**
 * What a GFM parser makes of Markdown, with the contents of code left out: two texts of the same
 * structure have the same elements, links, table cells and words outside code.
 */
export function structure(markdown: string): string {
  const tree = fromMarkdown(markdown, {
    extensions: [gfm()],
    mdastExtensions: [gfmFromMarkdown()],
  });
  return JSON.stringify(stripped(tree));
}

function stripped(node: Nodes): unknown {
  if (node.type === 'inlineCode') return 'code';
  if (node.type === 'html') return { html: node.value.replace(/<code>[^<]*<\/code>/g, '<code>') };
  // The labels of a chart are words in quotes; what they may hold is tested with the charts.
  if (node.type === 'code') return { code: node.value.replace(/"[^"\n]*"/g, '""') };
  const { position: _, children, ...rest } = node as Nodes & { children?: Nodes[] };
  return children ? { ...rest, children: children.map(stripped) } : rest;
}

/** The contents of all code spans, in order. */
export function codeContents(markdown: string): string[] {
  const contents: string[] = [];
  const walk = (node: Nodes): void => {
    if (node.type === 'inlineCode') contents.push(node.value);
    if ('children' in node) node.children.forEach(walk);
  };
  walk(fromMarkdown(markdown, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] }));
  return contents;
}
