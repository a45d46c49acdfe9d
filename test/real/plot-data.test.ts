import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { readPlots } from '../../src/report/plots/read.ts';
import { readPlotSpecs } from '../../src/report/plots/spec.ts';
import { Dvc } from '../rig/differential/dvc.ts';

type Row = readonly [x: unknown, y: unknown, field: string | undefined];

interface PlotFile {
  readonly name: string;
  readonly text: string;
  readonly props: Readonly<Record<string, unknown>>;
}

let dvc: Dvc;
const root = mkdtempSync(join(tmpdir(), 'sibling-plot-data-'));
beforeAll(() => {
  dvc = new Dvc();
});
afterAll(() => {
  dvc.end();
  rmSync(root, { recursive: true, force: true });
});

const cell = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: -9, max: 9 }) },
  { weight: 2, arbitrary: fc.constantFrom(0.5, 1e-7, 2 ** 40) },
  {
    weight: 2,
    arbitrary: fc.constantFrom<unknown>(null, Number.NaN, true, '3', 'text', '', [1], { a: 1 }),
  },
);
const columns = ['step', 'train', 'val'];
const row = fc
  .record(Object.fromEntries(columns.map((name) => [name, cell])), { requiredKeys: [] })
  .filter((cells) => Object.keys(cells).length > 0);
/** Most have all columns in their first row, as what is drawn must. */
const rows = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .tuple(
        fc.record(Object.fromEntries(columns.map((name) => [name, cell]))),
        fc.array(row, { maxLength: 4 }),
      )
      .map(([first, rest]) => [first, ...rest]),
  },
  { weight: 3, arbitrary: fc.array(row, { minLength: 1, maxLength: 4 }) },
  { weight: 1, arbitrary: fc.constantFrom<unknown[]>([], [1, 2], [{ step: 1 }, 2], [[1]]) },
);
const blob = fc.oneof(
  { weight: 3, arbitrary: rows },
  { weight: 2, arbitrary: fc.record({ train: rows, note: cell }) },
  { weight: 2, arbitrary: fc.record({ a: rows, b: fc.record({ deep: rows }) }) },
  { weight: 1, arbitrary: fc.constantFrom<unknown>({}, { a: 1 }, { a: {} }) },
);
const json = (value: unknown) =>
  JSON.stringify(value, (_, one) => (Number.isNaN(one) ? '<nan>' : one)).replaceAll(
    '"<nan>"',
    'NaN',
  );
const separated = (mark: string) =>
  fc
    .array(
      fc.array(fc.constantFrom('1', '2.5', '', 'text', 'NaN', '"q"'), {
        minLength: 1,
        maxLength: 4,
      }),
      { maxLength: 5 },
    )
    .map((lines) => [columns, ...lines].map((cells) => cells.join(mark)).join('\n'));
const file = fc.oneof(
  blob.map((value) => ['p.json', json(value)] as const),
  blob.map((value) => ['p.yaml', stringify(value)] as const),
  separated(',').map((text) => ['p.csv', text] as const),
  separated('\t').map((text) => ['p.tsv', text] as const),
);
const props = fc.constantFrom<Record<string, unknown>>(
  ...[{}, { y: 'train' }, { y: ['train', 'val'] }, { x: 'step', y: 'val' }],
  ...[{ x: 'step', y: ['train', 'val'] }, { x: 'step' }, { y: 'none' }],
);
const plotFile = fc
  .tuple(file, props)
  .map(([[name, text], given]): PlotFile => ({ name, text, props: given }));

/** Rows as we read them; none where there is a problem. */
function ours({ name, text, props: given }: PlotFile): readonly Row[] {
  const content = new TextEncoder().encode(text);
  const specs = readPlotSpecs([{ folder: '.', entry: { [name]: given } }], [name]);
  const [plot] = readPlots(specs, undefined, [{ path: name, content }]);
  return (plot?.after ?? []).map(({ x, y, source }) => [x, y, source.yField]);
}

async function dvcs({ name, text, props: given }: PlotFile): Promise<readonly Row[]> {
  writeFileSync(join(root, name), text);
  const answer = await dvc.ask<readonly Row[]>('plot', { root, path: name, props: given });
  return 'value' in answer ? answer.value : [];
}

const plain = (found: readonly Row[]) =>
  JSON.parse(JSON.stringify(found.map((cells) => cells.map((one) => one ?? null))));

const known: readonly PlotFile[] = [
  {
    name: 'loss.json',
    text: '[{"step":1,"train":0.5,"val":0.7},{"step":2,"train":0.4}]',
    props: { x: 'step', y: ['train', 'val'] },
  },
  { name: 'late.json', text: '[{"step":1},{"step":2,"train":0.4}]', props: { y: 'train' } },
  { name: 'x.json', text: '[{"step":1,"train":1},{"train":2}]', props: { x: 'step', y: 'train' } },
  { name: 'one.json', text: '{"train": [{"loss": 1}], "ids": [1, 2]}', props: {} },
  {
    name: 'two.json',
    text: '{"a": [{"l": 1}, {"l": 2}], "b": [{"v": 3}]}',
    props: { y: ['l', 'v'] },
  },
  { name: 'empty.json', text: '{"a": [{"l": 1}], "b": []}', props: { y: 'l' } },
  { name: 'long.csv', text: 'a,b\n1,2\n3,4,5\n', props: { y: 'b' } },
  { name: 'short.csv', text: 'a,b\n1,2\n3\n', props: { y: 'b' } },
];

test.each(known)('$name has the rows that DVC draws', async (one) => {
  expect(plain(ours(one))).toEqual(await dvcs(one));
});

test('random plot files have the rows that DVC draws', async () => {
  let drawn = 0;
  for (const one of fc.sample(plotFile, { seed: 1, numRuns: 300 })) {
    const expected = await dvcs(one);
    expect([one, plain(ours(one))]).toEqual([one, expected]);
    if (expected.length > 0) drawn++;
  }
  expect(drawn).toBeGreaterThan(100);
});
