import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { stringify as stringifyToml } from 'smol-toml';
import { stringify as stringifyYaml } from 'yaml';
import { formatOf, readMetrics } from '../../src/metrics/read.ts';
import type { Value } from '../../src/metrics/value.ts';
import { Dvc } from '../rig/differential/dvc.ts';

type Shown = Readonly<Record<string, unknown>>;
type MetricsFile = readonly [name: string, text: string];

let dvc: Dvc;
const root = mkdtempSync(join(tmpdir(), 'sibling-metric-data-'));
beforeAll(() => {
  dvc = new Dvc();
});
afterAll(() => {
  dvc.end();
  rmSync(root, { recursive: true, force: true });
});

const scalar = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(0.93, 1, -2, 1e-7, 2 ** 40, 0.5) },
  { weight: 2, arbitrary: fc.constantFrom<unknown>('best', 'NaN', '3', true, false, 0) },
  { weight: 1, arbitrary: fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY) },
);
const key = fc.constantFrom('acc', 'loss', 'f1.macro', 'mAP@0.5', 'x y');
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3 },
    { weight: 3, arbitrary: scalar },
    {
      weight: 4,
      arbitrary: fc.dictionary(key, tie('tree'), { maxKeys: 4, noNullPrototype: true }),
    },
    { weight: 2, arbitrary: fc.array(tie('tree'), { maxLength: 4 }) },
  ),
}));
const withNull = fc.oneof(
  { weight: 9, arbitrary: tree },
  { weight: 1, arbitrary: fc.constant(null) },
);
const table = fc.dictionary(key, tree, { maxKeys: 4, noNullPrototype: true });
const words = new Map<unknown, string>([
  [Number.POSITIVE_INFINITY, 'Infinity'],
  [Number.NaN, 'NaN'],
]);
const json = (value: unknown) =>
  JSON.stringify(value, (_, one) => (words.has(one) ? `<${words.get(one)}>` : one)).replaceAll(
    /"<(\w+)>"/g,
    '$1',
  );
const metricsFile: fc.Arbitrary<MetricsFile> = fc.oneof(
  withNull.map((value): MetricsFile => ['m.json', json(value)]),
  withNull.map((value): MetricsFile => ['m.yaml', stringifyYaml(value)]),
  withNull.map((value): MetricsFile => ['m.txt', stringifyYaml(value)]),
  table.map((value): MetricsFile => ['m.toml', stringifyToml(value)]),
);

/** As DVC shows them: it leaves out lists and nothing, and does not tell a 0 from an empty file. */
function ours([name, text]: MetricsFile): Shown | undefined {
  const reading = readMetrics(text, formatOf(name));
  if (!('values' in reading)) return undefined;
  return Object.fromEntries(
    [...reading.values].flatMap(([path, value]) =>
      isListed(path, value) ? [] : [[path, bare(value)]],
    ),
  );
}

function isListed(path: string, { type }: Value): boolean {
  return /\[\d+\]/.test(path) || type === 'list' || type === 'null';
}

function bare(value: Value): unknown {
  return 'value' in value ? value.value : undefined;
}

async function dvcs([name, text]: MetricsFile): Promise<Shown | undefined> {
  writeFileSync(join(root, name), text);
  const answer = await dvc.ask<Shown>('metrics', { root, path: name });
  return 'value' in answer ? answer.value : undefined;
}

test.each<MetricsFile>([
  ['acc.json', '0.93'],
  ['acc.yaml', '0.93\n'],
  ['acc.txt', '\ufeff0.93\r\n'],
  ['word.json', '"ready"'],
  ['list.json', '[0.1, {"a": 1}]'],
  ['nested.yaml', 'a: {b: [1, 2], c: 3}\nd: [{e: 1}]\n'],
  ['null.json', 'null'],
  ['empty.yaml', ''],
  ['empty.json', ''],
  ['broken.json', '{"a": 1'],
])('%s with %j is what DVC shows', async (...file) => {
  expect(ours(file)).toEqual(await dvcs(file));
});

test('random metrics files have the values that DVC shows', async () => {
  let shown = 0;
  for (const file of fc.sample(metricsFile, { seed: 1, numRuns: 200 })) {
    const [expected, found] = [await dvcs(file), ours(file)];
    const isZero = found && [0, false, ''].includes(found[''] as number);
    expect([file, isZero ? {} : found]).toEqual([file, expected]);
    if (Object.keys(expected ?? {}).length > 0) shown++;
  }
  expect(shown).toBeGreaterThan(100);
});
