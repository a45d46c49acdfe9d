import { execFileSync } from 'node:child_process';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { namePattern } from '../../../src/dvc/targets/name-pattern.ts';

const fnmatch = `import fnmatch, json, sys
print(json.dumps([fnmatch.fnmatchcase(name, pattern) for pattern, name in json.load(sys.stdin)]))`;

/** What Python's fnmatch says of each pattern and name. */
function asPython(pairs: readonly (readonly [string, string])[]): boolean[] {
  const options = { input: JSON.stringify(pairs), encoding: 'utf8' } as const;
  return JSON.parse(execFileSync('python3', ['-c', fnmatch], options));
}

test.each(['a[]', 'a[!]', '[]a]x', '[!]a]x', '[a-]', '[z-a]', '[!z-a]', '[a', '[', '[!', '[^a]'])(
  '%s means what it means to fnmatch',
  (pattern) => {
    const names = ['a[]', 'a[!]', 'ab', ']x', 'ax', 'bx', 'a', '-', '[a', '[', '[!', '^', 'z'];
    const python = asPython(names.map((name) => [pattern, name]));
    expect(names.map((name) => namePattern(pattern).test(name))).toEqual(python);
  },
);

test('so does any other pattern', () => {
  const text = fc.string({ unit: fc.constantFrom(...'ab-]![^*?\\/.'), maxLength: 8 });
  const pairs = fc.sample(fc.tuple(text, text), { numRuns: 3_000, seed: 7 });
  const ours = pairs.map(([pattern, name]) => namePattern(pattern).test(name));
  const differing = asPython(pairs).flatMap((is, at) => (is === ours[at] ? [] : [pairs[at]]));
  expect(differing).toEqual([]);
});
