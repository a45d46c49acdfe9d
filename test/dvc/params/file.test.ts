import { beforeAll, describe, expect, test } from '@jest/globals';
import { lookUpKey, readValues } from '../../../src/dvc/params/file.ts';
import { preparePython } from '../../../src/dvc/params/python-values.ts';
import { Opaque, type Value } from '../../../src/dvc/value.ts';
import { NotUnderstood } from '../../../src/text/not-understood.ts';
import { failureOf, projectFolder } from '../project-folder.ts';

beforeAll(preparePython);

function read(file: string, text: string): Map<Value, Value> {
  return readValues(projectFolder({ [file]: text }), file);
}

test('JSON tells ints from floats and keeps the order of keys', () => {
  const values = read(
    'p.json',
    '{"b": 1, "2": 1.0, "1": [-3, 1e3, true, null, "\\u00e9\\ud83d\\ude00"]}',
  );
  expect([...values]).toEqual([
    ['b', 1n],
    ['2', 1],
    ['1', [-3n, 1000, true, null, 'é😀']],
  ]);
});

test('JSON has what Python alone writes', () => {
  const values = read('p.json', '{"a": NaN, "b": Infinity, "c": [-Infinity]}');
  expect([...values.values()]).toEqual([
    Number.NaN,
    Number.POSITIVE_INFINITY,
    [Number.NEGATIVE_INFINITY],
  ]);
});

test('TOML has ints, floats, dates and tables', () => {
  const values = read('p.toml', 'n = 0x10\nx = 1e3\nd = 2020-01-01\n[t.u]\nl = [1, 2.5]\n');
  expect(values.get('n')).toBe(16n);
  expect(values.get('x')).toBe(1000);
  expect(values.get('d')).toBeInstanceOf(Opaque);
  expect(lookUpKey(values, 't.u.l')).toEqual([1n, 2.5]);
});

describe('Python', () => {
  test.each<[string, string, Value | undefined]>([
    ['an int', 'v = 0x1F', 31n],
    ['an int with underscores', 'v = 1_000', 1000n],
    ['a float', 'v = 1e-3', 0.001],
    ['a negative number', 'v = -(2)', -2n],
    ['a text', `v = 'a\\n\\x41\\u00e9\\q'`, 'a\nAé\\q'],
    ['a raw text', `v = r'\\d'`, '\\d'],
    ['texts side by side', `v = 'a' "b"`, 'ab'],
    ['a text of several lines', 'v = """a\nb"""', 'a\nb'],
    ['bools and None', 'v = [True, False, None]', [true, false, null]],
    [
      'a dict',
      `v = {'a': 1, 2: [3]}`,
      new Map<Value, Value>([
        ['a', 1n],
        [2n, [3n]],
      ]),
    ],
    ['an annotated name', 'v: float = 0.5', 0.5],
    ['the last of two', 'v = 1\nv = 2', 2n],
    ['several on one line', 'u = 1; v = 2', 2n],
    ['a call', 'v = compute()', undefined],
    ['a name', 'v = other', undefined],
    ['a sum', 'v = 1 + 2', undefined],
    ['a list with a name', 'v = [1, other]', undefined],
    ['an f-string', `v = f'{x}'`, undefined],
    ['an annotation alone', 'v: int', undefined],
    ['two targets', 'v = w = 1', undefined],
    ['in an if', 'if True:\n    v = 1', undefined],
    ['in a function', 'def f():\n    v = 1', undefined],
    ['of another object', 'other.v = 1', undefined],
  ])('%s', (_, text, value) => {
    expect(read('p.py', `${text}\n`).get('v')).toEqual(value);
  });

  test('classes, their __init__ and classes in them', () => {
    const values = read(
      'p.py',
      `class Train(Base):
    """Doc."""
    lr = 1e-3
    def __init__(self, x):
        self.depth = 5
        local = 6
    async def other(self):
        self.no = 1
    @decorated
    class Inner:
        n: int = 7
self.top = 8
`,
    );
    expect(lookUpKey(values, 'Train.lr')).toBe(0.001);
    expect(lookUpKey(values, 'Train.depth')).toBe(5n);
    expect(lookUpKey(values, 'Train.Inner.n')).toBe(7n);
    expect(lookUpKey(values, 'top')).toBe(8n);
    for (const key of ['Train.local', 'Train.no', 'local']) {
      expect(lookUpKey(values, key)).toBeUndefined();
    }
  });

  test.each(['v = (1, 2)', 'v = {1, 2}', 'v = 1j', `v = b'x'`, 'v = 1 + 2j'])(
    '%s is nothing to decide from',
    (text) => {
      expect(read('p.py', text).get('v')).toBeInstanceOf(Opaque);
    },
  );

  test.each(['def (:', 'v = [1,', 'v = 1, 2'])('%s is left to DVC', (text) => {
    expect(() => read('p.py', text)).toThrow(NotUnderstood);
  });
});

test.each([
  ['p.yaml', 'a: [1\n', 2, 1],
  ['p.json', '{\n  "a": x\n}', 2, 8],
  ['p.toml', 'a = 1\nb = = 2\n', 2, 5],
  ['p.json', '', 1, 1],
  ['p.json', '\uFEFF{"a": 1}', 1, 1],
  ['p.toml', '\uFEFFa = 1\n', 1, 1],
])('the fault of %s has a place', (file, text, line, column) => {
  const failure = failureOf(() => read(file, text));
  expect(failure.kind).toBe('configuration');
  expect(failure.place).toEqual({ file, line, column });
});

test.each([
  ['p.json', `{"a": ${'['.repeat(100_000)}`],
  ['p.yaml', `a: ${'['.repeat(100_000)}`],
  ['p.toml', `${'a.'.repeat(5_000)}a = 1\n`],
  ['p.py', `a = ${'('.repeat(100_000)}1${')'.repeat(100_000)}\n`],
])('%s of very many levels is left to DVC', (file, text) => {
  expect(() => read(file, text)).toThrow(NotUnderstood);
});

test('a file that is not a mapping, not text, or a folder', () => {
  expect(failureOf(() => readValues(projectFolder({ 'p.json/x': '' }), 'p.json')).cause).toBe(
    'p.json is a folder, not a file',
  );
  expect(failureOf(() => read('p.yaml', '- a\n')).cause).toBe('p.yaml is not a mapping');
  expect(failureOf(() => readValues(projectFolder(), 'p.yaml')).cause).toBe(
    'p.yaml does not exist',
  );
});

test.each(['', 'null\n', '[]\n', '# x\n'])('%j counts as an empty mapping', (text) => {
  expect(read('p.yaml', text)).toEqual(new Map());
});

describe('a dotted key', () => {
  const values = read('p.yaml', 'a: {b: [10, {c: 1}], "x.y": 2}\n1: n\n');
  test.each<[string, Value | undefined]>([
    ['a.b.0', 10n],
    ['a.b.1.c', 1n],
    ['a.b.2', undefined],
    ['a.x.y', undefined],
    ['a.b.x', undefined],
  ])('%s', (key, value) => {
    expect(lookUpKey(new Map([['a', values.get('a') as Value]]), key)).toEqual(value);
  });

  test.each(['a.*', 'a[0]', 'missing'])('%s beside keys that are not text, or a glob', (key) => {
    expect(() => lookUpKey(values, key)).toThrow(NotUnderstood);
  });
});
