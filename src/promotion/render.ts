import type { Format } from '../report/render/format.ts';
import { metricsTable } from '../report/render/sections.ts';
import type { Promotion } from './promote.ts';

const sentences: Readonly<Record<Promotion['outcome'], string>> = {
  promoted: 'becomes',
  'would-promote': 'would become',
  already: 'is already',
  refused: 'does not become',
};

/** A promotion with the table of its gates, for a terminal or in Markdown. */
export function renderPromotion(promotion: Promotion, format: Format): string {
  const { outcome, model, alias, version, previous, rows, notes } = promotion;
  const which = version === null ? 'the model in dvc.lock' : `version ${version}`;
  const before =
    previous === undefined || previous === version
      ? 'nothing held it before'
      : `version ${previous} ${outcome === 'promoted' ? 'held' : 'holds'} it`;
  const tones = { promoted: 'good', refused: 'bad' } as const;
  const tone = outcome === 'promoted' || outcome === 'refused' ? tones[outcome] : 'neutral';
  const state = format.state(tone, outcome === 'refused' ? '❌' : '✅', sentences[outcome]);
  const tail = outcome === 'already' ? '' : ` (${before})`;
  const table = {
    metrics: rows,
    trends: [],
    base: { found: previous !== undefined && rows.some((row) => row.before !== undefined) },
  };
  return [
    `${format.quote(model)}: ${which} ${state} ${format.quote(alias)}${tail}`,
    ...(rows.length > 0 ? [metricsTable(format, rows, table)] : []),
    ...notes.map((note) => format.quote(note, 600)),
  ].join('\n\n');
}
