import { describe, expect, test } from '@jest/globals';
import { Opaque, toPlain, type Value } from '../../../src/dvc/value.ts';
import { entryOf, nodeValue, type YamlFault } from '../../../src/dvc/yaml/node.ts';
import { plainScalar } from '../../../src/dvc/yaml/scalar.ts';
import { parseYamlTree } from '../../../src/dvc/yaml/tree.ts';
import { NotUnderstood } from '../../../src/text/not-understood.ts';

function read(text: string): unknown {
  const tree = parseYamlTree(text);
  return tree && toPlain(nodeValue(tree));
}

describe('plain scalars as ruamel.yaml 0.19 loads them', () => {
  test.each<[string, Value]>([
    ['1', 1n],
    ['01', 1n],
    ['017', 17n],
    ['0o17', 15n],
    ['0x1F', 31n],
    ['-0x1f', -31n],
    ['0b101', 5n],
    ['1_000', 1000n],
    ['1_', 1n],
    ['+5', 5n],
    ['1.0', 1],
    ['1.', 1],
    ['.5', 0.5],
    ['1e5', 100000],
    ['1e-5', 0.00001],
    ['1.5e3', 1500],
    ['12e03', 12000],
    ['-.5', -0.5],
    ['1._5', 1.5],
    ['685_230.15', 685230.15],
    ['.inf', Number.POSITIVE_INFINITY],
    ['-.INF', Number.NEGATIVE_INFINITY],
    ['.nan', Number.NaN],
    ['true', true],
    ['False', false],
    ['~', null],
    ['NULL', null],
    ['', null],
  ])('%s', (text, value) => {
    expect(plainScalar(text)).toEqual(value);
  });

  test.each([
    ...[
      'yes',
      'no',
      'on',
      'off',
      'nan',
      'inf',
      'tRue',
      '190:20:30',
      '1:30',
      '_1',
      '0o8',
      '0o',
      '1e',
    ],
    ...['e5', '+', '-', '.', '..', '.e5', '2001-1-1', '2002-12-14x', 'None', '1.2.3', 'd41d8cd98f'],
  ])('%s is a text', (text) => {
    expect(plainScalar(text)).toBe(text);
  });

  test.each([
    '2020-01-01',
    '2020-1-1 1:02:03',
    '2001-12-14t21:59:43.10-05:00',
    '=',
    '<<',
    '+_',
    '._',
  ])('%s is nothing to decide from', (text) => {
    expect(plainScalar(text)).toBeInstanceOf(Opaque);
  });
});

describe('a tree', () => {
  test('texts in quotes and blocks are never numbers', () => {
    expect(read('a: "1"\nb: \'true\'\nc: |\n  1\nd: !!str 5\n')).toEqual({
      a: '1',
      b: 'true',
      c: '1\n',
      d: '5',
    });
  });

  test('aliases share a value, merge keys give way', () => {
    const text = 'a: &x {k: 1, l: 2}\nb:\n  <<: [*x, {k: 3, m: 4}]\n  l: 5\nc: *x\n';
    expect(read(text)).toEqual({
      a: { k: 1, l: 2 },
      b: { k: 1, l: 5, m: 4 },
      c: { k: 1, l: 2 },
    });
  });

  test('keeps the order of keys that look like numbers', () => {
    const tree = parseYamlTree('b: 1\n"10": 2\n"9": 3\n');
    expect(tree && [...(nodeValue(tree) as Map<Value, Value>).keys()]).toEqual(['b', '10', '9']);
  });

  test('knows where each node starts', () => {
    const text = 'stages:\n  train:\n    cmd: "x"\n    deps:\n';
    const train = entryOf(entryOf(parseYamlTree(text), 'stages')?.value, 'train');
    expect(train && text.slice(train.key.start)).toMatch(/^train:/);
    const cmd = entryOf(train?.value, 'cmd');
    expect(cmd && text.slice(cmd.value.start)).toMatch(/^"x"/);
  });

  test.each(['', '\n', '# only a comment\n', '---\n'])('%j has none, or nothing in it', (text) => {
    expect(read(text) ?? undefined).toBeUndefined();
  });
});

test.each([
  ['a: 1\na: 2\n', 'the key a is there twice', 5],
  ['1: a\ntrue: b\n', 'the key True is there twice', 5],
  ['a: [1, 2\n', 'end with a ]', 9],
  ['a: [1, 2\nb: 3\n', 'end with a ]', 9],
  ['a: "x\nb: 3\n', 'Missing closing', 11],
  ['a: b: c\n', 'Nested mappings', 3],
  ['a: *x\n', 'no anchor &x', 4],
  ['--- 1\n--- 2\n', 'more than one document', 6],
  ['<<: 1\n', 'a merge key needs a mapping', 4],
])('the fault of %j', (text, reason, offset) => {
  expect.assertions(2);
  try {
    read(text);
  } catch (error) {
    expect((error as YamlFault).reason).toContain(reason);
    expect((error as YamlFault).offset).toBe(offset);
  }
});

test('brackets may close where their line began', () => {
  const text = 's:\n  a: &x [\n    1\n  ]\n  b: {\n    k: *x, "l": "2"\n  }\n';
  expect(read(text)).toEqual({ s: { a: [1], b: { k: [1], l: '2' } } });
});

test.each([
  ['a directive', '%YAML 1.1\n---\na: yes\n'],
  ['a tag of a collection', 'a: !!set {x, y}\n'],
  ['an alias within its anchor', 'a: &x [*x]\n'],
  ['a key that is a list', '? [1, 2]\n: x\n'],
  ['a tab between', 'a:\tb\n'],
  ['a list without indentation', 'a: [1,\n2]\n'],
  ['a quoted text without indentation', 'a: "b\nc"\n'],
  ['a block without indentation', 'a:\n|\n  b\n'],
  ['a text closed by another', "a: [\n]\nb: 'x''\nc: 'y'\n"],
  ['a comment without a blank', 'a: {b: {c: 1}#\n  }\n'],
  ['a line break of Unicode', 'a: b\u2028c\n'],
  ['a byte order mark inside', 'a: b\ufeffc\n'],
  ['a key twice beside a merge key', 'x: &x {k: 1}\na:\n  <<: *x\n  l: 1\n  l: 2\n'],
  ['a control character in a comment', 'a: b # \u007f\n'],
  ['a key without a blank', 'a: [4:]\n'],
  ['a text that begins with a colon', 'a: {:"b": c}\n'],
  ['a block in the line of its key', 'a: &x b: c\n'],
  ['a tag that a parser may not know', 'a: !x 1\n'],
  ['an int without digits', 'a: 0x_\n'],
  ['a long file that may not be valid', `${'a: b\n'.repeat(20_000)}- c\n`],
  ['very many levels that are not closed', `a: ${'[,'.repeat(5000)}`],
  ['a key below its anchor', '{a: 1, &x\n  "b": 2}\n'],
  ['a key below its tag', '{!!str\n  b: 2}\n'],
  ['a key of two lines', '{"a\n  b": 2}\n'],
  ['a key of very many characters', `{${'k'.repeat(1100)}: 1}\n`],
])('%s is left to DVC', (_, text) => {
  expect(() => read(text)).toThrow(NotUnderstood);
});

test('a key that is not written is named as that', () => {
  expect(() => read('a: [: b]\n')).toThrow('a mapping key that is not written');
});

test('tabs in comments, quotes and blocks are fine', () => {
  const text = '#\tx\na: "\t"\nb: |\n  \ty\nc: z # \tw\n';
  expect(read(text)).toEqual({ a: '\t', b: '\ty\n', c: 'z' });
});

test('an alias bomb is not written out', () => {
  const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
  for (let level = 1; level < 30; level++) {
    lines.push(
      `a${level}: &a${level} [${Array(10)
        .fill(`*a${level - 1}`)
        .join(', ')}]`,
    );
  }
  const startedAt = Date.now();
  expect(() => read(lines.join('\n'))).toThrow(NotUnderstood);
  expect(Date.now() - startedAt).toBeLessThan(1000);
});
