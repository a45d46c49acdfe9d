import { differenceText, distinctTexts } from '../metrics/number-text.ts';
import type { Format } from '../report/render/format.ts';
import { duration } from '../terminal/table.ts';
import type { Check, CheckKind, Reproduction } from './compare/result.ts';

const words: Readonly<Record<CheckKind, string>> = {
  model: 'model',
  lock: 'dvc.lock',
  dep: 'input',
  param: 'parameter',
  out: 'out',
  metric: 'metric',
  'registered-metric': 'registered metric',
  image: 'image',
  'base-image': 'base image',
  stored: 'stored',
};

/** The result for a person: the verdict, what is not as registered, and what is. */
export function renderReproduction(result: Reproduction, format: Format): string {
  const { findings, notes, cannot, kept } = result;
  const rows = [...result.same.filter(({ kind }) => kind === 'model'), ...findings];
  const texts = [...new Set(findings.flatMap(({ text }) => text ?? []))];
  const parts = [
    headline(result, format),
    ...(cannot
      ? [`${format.quote(cannot.cause, 2_000)}. ${format.quote(cannot.hint, 2_000)}`]
      : []),
    ...(rows.length > 0 ? [checksTable(rows, format)] : []),
    ...(texts.length + notes.length > 0
      ? [
          [...texts.map((text) => `${text}.`), ...notes]
            .map((text) => `- ${format.cell(text, 2_000)}`)
            .join('\n'),
        ]
      : []),
    ...(result.same.length > 0 ? [`As registered: ${counts(result.same)}.`] : []),
    ...(kept === null ? [] : [`The checkout is kept: ${format.quote(kept, 2_000)}`]),
  ];
  return parts.join('\n\n');
}

function headline(result: Reproduction, format: Format): string {
  const { model, version, commit, verdict, method, seconds } = result;
  const name = format.quote(version === null ? model : `${model}/${version}`);
  const from = commit === null ? '' : ` from commit ${format.quote(commit.slice(0, 10))}`;
  const how = method === 'pull' ? 'Stored' : 'Made again';
  switch (verdict) {
    case 'identical':
      return format.state(
        'good',
        '✅',
        `${how}${from}, ${name} is identical (${duration(seconds)}).`,
      );
    case 'differs':
      return format.state('bad', '❌', `${how}${from}, ${name} differs (${duration(seconds)}).`);
    case 'cannot':
      return format.state('warning', '⚠️', `${name} cannot be made again here.`);
  }
}

function checksTable(checks: readonly Check[], format: Format): string {
  const lines = checks.map((check) => [
    stateOf(check, format),
    words[check.kind],
    format.cell(check.what, 100),
    ...valuesOf(check).map((text) => format.cell(text, 80)),
    check.difference === undefined ? '' : differenceText(check.difference),
  ]);
  return format.table(['', '', '', 'Registered', 'Now', 'Difference'], lines, 1);
}

function stateOf({ state }: Check, format: Format): string {
  if (state === 'same') return format.state('good', '✅', 'same');
  return state === 'differs'
    ? format.state('bad', '❌', 'differs')
    : format.state('warning', '⚠️', 'note');
}

function valuesOf({ expected, found }: Check): [string, string] {
  if (typeof expected === 'number' && typeof found === 'number') {
    const [left = '', right = ''] = distinctTexts([expected, found]);
    return [left, right];
  }
  return [shortValue(expected), shortValue(found)];
}

/** Hashes by their beginning. */
function shortValue(value: string | number | null): string {
  return String(value ?? '-').replace(/^((?:sha256:)?[0-9a-f]{10})[0-9a-f]{22,}(\.dir)?$/, '$1');
}

function counts(checks: readonly Check[]): string {
  const byKind = new Map<string, number>();
  for (const { kind } of checks) byKind.set(words[kind], (byKind.get(words[kind]) ?? 0) + 1);
  return [...byKind].map(([kind, count]) => (count === 1 ? kind : `${kind} (${count})`)).join(', ');
}
