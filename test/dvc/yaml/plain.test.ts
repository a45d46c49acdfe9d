import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { parsePlainYaml } from '../../../src/dvc/yaml/plain.ts';
import { parseAnyYaml } from '../../../src/dvc/yaml/tree.ts';

const lock = `schema: '2.0'
stages:
  train@1:
    cmd: python train.py --lr 0.1 > log "x" \${y}
    deps:
    - path: data/raw
      hash: md5
      md5: d751713988987e9331980363e24189ce.dir
      size: 10
      nfiles: 2
      isexec: true
    params:
      params.yaml:
        train.lr: 1e-3
        names:
        - a
        - 'b c'
        nested:
          - path: x
            deeper:
              - 1
              - y
    outs:
    - path: model
      hash: md5
      md5: 0b1cdc9fe1f929e469c5a54ffe0b2ed5
      size: 2
`;

test('reads a dvc.lock as the full parser does', () => {
  const tree = parsePlainYaml(lock);
  expect(tree).toBeDefined();
  expect(tree).toEqual(parseAnyYaml(lock));
});

/** The full parser's answer, or that it refuses. */
function full(text: string): unknown {
  try {
    return { tree: parseAnyYaml(text) };
  } catch {
    return 'refused';
  }
}

/** Whether the text is plain; if so, both parsers must agree. */
function compare(text: string): boolean {
  const tree = parsePlainYaml(text);
  if (tree !== undefined) expect({ tree }).toEqual(full(text));
  return tree !== undefined;
}

// Each is left to the full parser, which reads it otherwise or refuses it.
test.each([
  ['a key without a value', 'a:\nb: c\n'],
  ['a key without a value at the end', 'a: b\nc:\n'],
  ['a text that goes on in the next line', 'a: b\n  c\n'],
  ['a mapping below a value', 'a: b\n  c: d\n'],
  ['a list below a value', 'a: b\n  - c\n'],
  ['a mapping after a list', 'a:\n- b\n  c: d\n'],
  ['a list after a mapping', 'a: b\n- c\n'],
  ['an item that is farther left than the first', '  - a\n- b\n'],
  ['a line between two blocks', 'a:\n    b: c\n  d: e\n'],
  ['the same key twice', 'a: b\na: c\n'],
  ['a comment', 'a: b # c\n'],
  ['a key in a value', 'a: b: c\n'],
  ['a document end', 'a: b\n...\n'],
  ['a document start', '---\na: b\n'],
  ['a quote in quotes', "a: 'b''c'\n"],
  ['a text after quotes', "a: 'b' c\n"],
  ['a tab', 'a: b\tc\n'],
  ['a carriage return', 'a: b\r\n'],
  ['a blank at the end', 'a: b \n'],
  ['an empty line', 'a: b\n\nc: d\n'],
  ['nested dashes', '- - a\n'],
  ['a dash alone', '-\n  a: b\n'],
  ['a long key', `${'a'.repeat(300)}: b\n`],
  ['a merge key', '<<: a\n'],
  ['text alone', 'a\n'],
])('%s is not plain', (_, text) => {
  expect(parsePlainYaml(text)).toBeUndefined();
});

const word = fc.constantFrom(
  ...['a', 'b', 'a.b', 'data/x', 'x@1', 'true', 'null', '1', '0x1F', '1e-3', '.5', '010', '_'],
  ...[
    "'2.0'",
    "''",
    'a b',
    'a - b',
    '- a',
    'a:b',
    'a: b',
    'a #b',
    'a#b',
    '&a b',
    '*a',
    '[a]',
    '{}',
  ],
  ...['"x"', '|', '>', '!t x', '~', '<<', '=', '-', '?', ':', '%a', '@a', '', 'ä', '2020-01-01'],
);
const indent = fc.integer({ min: 0, max: 4 }).map((count) => ' '.repeat(count));
const line = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(indent, fc.constantFrom('a', 'b', 'c', 'd'), word)
      .map(([i, k, w]) => `${i}${k}: ${w}`),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(indent, fc.constantFrom('a', 'b', 'c', 'd')).map(([i, k]) => `${i}${k}:`),
  },
  { weight: 3, arbitrary: fc.tuple(indent, word).map(([i, w]) => `${i}- ${w}`) },
  { weight: 2, arbitrary: fc.tuple(indent, word, word).map(([i, k, w]) => `${i}- ${k}: ${w}`) },
  { weight: 1, arbitrary: fc.tuple(indent, word, word).map(([i, k, w]) => `${i}${k}: ${w}`) },
  { weight: 1, arbitrary: fc.tuple(indent, word).map(([i, w]) => `${i}${w}`) },
);

test('what it reads, the full parser reads alike: lines at random', () => {
  let plain = 0;
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 8 }), (lines) => {
      if (compare(`${lines.join('\n')}\n`)) plain++;
      compare(lines.join('\n'));
    }),
    { numRuns: 20_000 },
  );
  expect(plain).toBeGreaterThan(500);
});

test('what it reads, the full parser reads alike: a lock with garbled places', () => {
  const edit = fc.record({
    at: fc.nat(lock.length),
    remove: fc.nat(12),
    insert: fc.oneof(word, fc.constantFrom('\n', '\n  ', ' ', '  ', ':', ': ', '- ', '\n- ', '#')),
  });
  let plain = 0;
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), (edits) => {
      let text = lock;
      for (const { at, remove, insert } of edits) {
        text = text.slice(0, at) + insert + text.slice(at + remove);
      }
      if (compare(text)) plain++;
    }),
    { numRuns: 5_000 },
  );
  expect(plain).toBeGreaterThan(100);
});

test('a deep nest is left to the full parser rather than overflowing', () => {
  const deep = Array.from({ length: 20_000 }, (_, at) => `${' '.repeat(at % 9000)}a:`).join('\n');
  expect(parsePlainYaml(`${deep}\n`)).toBeUndefined();
});
