import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { declaredParams } from '../../../src/stage/params-copy/declared-params.ts';
import { leafKeys } from '../../../src/stage/params-copy/leaf-keys.ts';

test('leafKeys names every leaf', () => {
  expect(leafKeys({ a: { b: 1, c: [1] }, d: null })).toEqual(['a.b', 'a.c', 'd']);
});

async function copyOf(path: string, text: string | Buffer, keys: readonly string[]) {
  const root = mkdtempSync(join(tmpdir(), 'sibling-params-'));
  writeFileSync(join(root, path), text);
  const { content, note } = await declaredParams(root, { path, keys }, 'train');
  return { copy: content.toString(), note };
}

const scalars = `train:
  lr: 1.0e-7
  max_features: 1.0
  seed: 12345678901234567890
  class_weight: {0: 1.0}
  country: "NO"
  start: "2024-01-31"
  time: "12:30:00"
`;

type Row = [what: string, keys: readonly string[], text: string, copy: string];

describe('YAML', () => {
  test.each<Row>([
    ['keeps scalars as written', ['train'], `${scalars}other: 1\n`, scalars],
    ['takes out a first entry', ['b'], 'a: 1\nb: 0o17 # x\n', 'b: 0o17 # x\n'],
    [
      'takes out nested entries',
      ['t.b'],
      't:\n  a: 1\n  b: 2\n  c:\n    d: 3\nu: 4\n',
      't:\n  b: 2\n',
    ],
    [
      'keeps the comments of what is kept alone',
      ['a', 'c'],
      '# file\n\n# of a\na: 1\n# of b\nb: 2 # too\n# of c\nc: 3\n# end\n',
      '# file\n\n# of a\na: 1\n# of c\nc: 3\n# end\n',
    ],
    [
      'takes entries out of brackets',
      ['t.b', 'u'],
      't: {a: 1, b: [2, 3], c: 4,}\nu: {}\n',
      't: {b: [2, 3],}\nu: {}\n',
    ],
    [
      'keeps what merge keys name',
      ['train.epochs', 'train.lr'],
      'base: &base {epochs: 20, no: 1}\ntrain: {<<: *base, lr: 0.1, no: 2}\n',
      'base: &base {epochs: 20}\ntrain: {<<: *base, lr: 0.1}\n',
    ],
    [
      'keeps the way to an anchor',
      ['b'],
      'a:\n  x: 1\n  deep:\n    y: &y [1.0]\n    z: 2\nb: {v: *y}\n',
      'a:\n  deep:\n    y: &y [1.0]\nb: {v: *y}\n',
    ],
    [
      'takes no blank lines for those of the text above',
      ['t.a', 'z'],
      't:\n  a: |+\n    text\n\n  b: 1\n\nz: 2\n',
      't:\n  a: |+\n    text\n\nz: 2\n',
    ],
    [
      'keeps a directive, a mark and CRLF',
      ['a'],
      '\uFEFF%YAML 1.1\r\n---\r\nb: 1\r\na: NO\r\n',
      '\uFEFF%YAML 1.1\r\n---\r\na: NO\r\n',
    ],
    ['keeps lists whole', ['a.1.x'], 'a:\n- {x: 1}\n- {x: 2}\nb: 3\n', 'a:\n- {x: 1}\n- {x: 2}\n'],
    [
      'takes ? and tags with their key',
      ['c'],
      '? a\n: 1\n&x !!str b: 2\n"c": !!float 3\n',
      '"c": !!float 3\n',
    ],
    ['takes a pattern for all below', ['t.*'], 't: {a: 1}\nu: 2\n', 't: {a: 1}\n'],
    [
      'follows aliases through one another',
      ['c.x.lr', 'c.y'],
      'r: &r {lr: 1.0, no: 1}\na: &a {<<: *r, k: 2}\nb: &b [*a]\nc:\n  x: *a\n  y: 0x1\n  z: *b\n',
      'r: &r {lr: 1.0}\na: &a {<<: *r}\nc:\n  x: *a\n  y: 0x1\n',
    ],
    [
      'takes the last anchor of a name',
      ['c'],
      'a: &x 1\nb: &x 1.0\nc: *x\nd: &x 2\n',
      'b: &x 1.0\nc: *x\n',
    ],
    [
      'minds no number of brackets side by side',
      ['a'],
      `a: [${'[1], '.repeat(2000)}]\nb: 1\n`,
      `a: [${'[1], '.repeat(2000)}]\n`,
    ],
    ['takes an int key for its text', ['t.1'], 't:\n  1: a\n  2: b\n', 't:\n  1: a\n'],
  ])('%s', async (_, keys, text, copy) => {
    expect(await copyOf('params.yaml', text, keys)).toEqual({ copy, note: undefined });
  });
});

describe('JSON', () => {
  test.each<Row>([
    [
      'keeps numbers as written',
      ['t'],
      '{"t": {"a": 1.0e-7, "b": Infinity, "c": -0.0}, "u": 1}\n',
      '{"t": {"a": 1.0e-7, "b": Infinity, "c": -0.0}}\n',
    ],
    [
      'takes out first and nested entries',
      ['t.b'],
      '{\n  "u": 1,\n  "t": {"a": [], "b": NaN, "c": 1}\n}',
      '{\n  "t": {"b": NaN}\n}',
    ],
    [
      'keeps both of a key that is there twice',
      ['a'],
      '{"a": 1, "b": 2, "a": 3}',
      '{"a": 1, "a": 3}',
    ],
  ])('%s', async (_, keys, text, copy) => {
    expect(await copyOf('p.json', text, keys)).toEqual({ copy, note: undefined });
  });
});

describe('TOML', () => {
  test.each<Row>([
    [
      'takes out entries and tables',
      ['a.x', 'b.c'],
      'n = 1\n[a]\nx = 0x1F # x\ny = 2\n\n[b]\nd = 1\n[b.c]\nz = 1979-05-27\n',
      '[a]\nx = 0x1F # x\n[b.c]\nz = 1979-05-27\n',
    ],
    [
      'knows dotted and quoted keys',
      ['a."b"', 'a.b.c'].slice(1),
      'a."b".c = 1\na.b.d = 2\n"a.b" = 3\n',
      'a."b".c = 1\n',
    ],
    [
      'takes entries out of inline tables',
      ['t.b'],
      't = { a = 1, b = """x""", c = 2 }\n',
      't = { b = """x""" }\n',
    ],
    [
      'keeps lists of tables whole',
      ['l.0.x'],
      '[[l]]\nx = 1\n[l.s]\ny = 1\n[[l]]\nx = 2\n[o]\nx = 1\n',
      '[[l]]\nx = 1\n[l.s]\ny = 1\n[[l]]\nx = 2\n',
    ],
  ])('%s', async (_, keys, text, copy) => {
    expect(await copyOf('p.toml', text, keys)).toEqual({ copy, note: undefined });
  });
});

describe('Python', () => {
  test.each<Row>([
    [
      'takes out literals',
      ['a'],
      'import os\n\na = 1_000\n# of b\nb = 2  # two\nc: int = 3\n',
      'import os\n\na = 1_000\n',
    ],
    [
      'keeps other code, and what it uses',
      ['a'],
      'a = 1\nb = 2\nc = b + 1\n\ndef f():\n    return c\n',
      'a = 1\nb = 2\nc = b + 1\n\ndef f():\n    return c\n',
    ],
    [
      'cuts classes and their __init__',
      ['T.a', 'T.s'],
      'class T:\n    a = 1\n    b = 2\n    def __init__(self):\n        self.s = 3\n        self.t = 4\nclass U:\n    x = 1\n',
      'class T:\n    a = 1\n    def __init__(self):\n        self.s = 3\nclass U:\n    pass\n',
    ],
  ])('%s', async (_, keys, text, copy) => {
    expect((await copyOf('p.py', text, keys)).copy).toBe(copy);
  });

  test('says what undeclared names remain', async () => {
    const { note } = await copyOf('p.py', 'a = 1\nb = 2\nc = b + 1\n', ['a']);
    expect(note).toBe(
      'p.py is given to train with what it does not declare (b): the rest of the file may need it',
    );
  });
});

test.each<[string, string, string | Buffer, string]>([
  ['twice', 'params.yaml', 'a: 1\na: 2\nb: 3\n', 'the key a is there twice'],
  ['1.1', 'params.yaml', '%YAML 1.1\n---\na: {on: 1}\nb: 1\n', 'what the key on is depends on the'],
  ['list', 'params.yaml', '- a\n', 'it is not a mapping'],
  ['latin-1', 'params.yaml', Buffer.from('a: \xe9\nb: 1\n', 'latin1'), 'it is not UTF-8 text'],
  ['deep', 'params.yaml', `a: ${'['.repeat(10_000)}`, 'it has very many levels'],
  ['deep', 'params.yaml', `a: !own ${'['.repeat(600)}${']'.repeat(600)}\n`, 'it has very many'],
  ['deep', 'p.toml', `a = 1\n${'b.'.repeat(5000)}c = 1\n`, 'it holds the many levels of p.toml'],
  ['deep', 'p.json', `{"a": ${'['.repeat(10_000)}`, 'it holds JSON of more than 500 levels'],
  [
    'comments',
    'p.json',
    '{"a": 1, // x\n"b": 2}',
    'not valid JSON: a key in double quotes is expected',
  ],
  ['broken', 'p.toml', 'a = 1\nb =\n', 'not valid TOML'],
  ['broken', 'p.py', 'a = (\n', 'it may not be valid Python'],
])('%s: %s is given whole, with the reason', async (_, path, text, reason) => {
  const { copy, note } = await copyOf(path, text, ['a']);
  expect(copy).toBe(text.toString());
  expect(note).toContain(`${path} is given whole to train: ${reason}`);
});

test('a file declared without keys, or by a pattern of its first names, is given as it is', async () => {
  expect(await copyOf('params.yaml', 'a: 1 # x\nb: 2\n', [])).toEqual({
    copy: 'a: 1 # x\nb: 2\n',
    note: undefined,
  });
  expect((await copyOf('params.yaml', 'a: 1\n', ['*'])).copy).toBe('a: 1\n');
});

test.each(['gone.yaml', '.'])('%s instead of a file is an expected failure', async (path) => {
  const root = mkdtempSync(join(tmpdir(), 'sibling-params-'));
  await expect(declaredParams(root, { path, keys: ['a'] }, 'train')).rejects.toMatchObject({
    failure: { kind: 'configuration' },
  });
});
