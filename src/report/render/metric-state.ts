import { distinctTexts } from '../../metrics/number-text.ts';
import type { MetricRow } from '../report.ts';
import type { Tone } from './format.ts';

export interface State {
  readonly tone: Tone;
  readonly sign: string;
  readonly words: string;
}

/** What a metric's row says of it at a glance. */
export function metricState(row: MetricRow): State {
  const words = wordsOf(row);
  if (row.broken) {
    return row.gate?.level === 'warn'
      ? { tone: 'warning', sign: '⚠️', words }
      : { tone: 'bad', sign: '❌', words };
  }
  if (words === 'renamed') return { tone: 'neutral', sign: '✏️', words };
  return { ...calmStates[row.verdict], words };
}

/** Signs of what breaks no gate. */
const calmStates: Readonly<Record<MetricRow['verdict'], Omit<State, 'words'>>> = {
  'below-floor': { tone: 'warning', sign: '🔻' },
  'above-ceiling': { tone: 'warning', sign: '🔻' },
  worse: { tone: 'warning', sign: '🔻' },
  unreadable: { tone: 'warning', sign: '⚠️' },
  missing: { tone: 'warning', sign: '⚠️' },
  'not-comparable': { tone: 'warning', sign: '⚠️' },
  'not-compared': { tone: 'warning', sign: '⚠️' },
  removed: { tone: 'neutral', sign: '➖' },
  improved: { tone: 'good', sign: '✅' },
  changed: { tone: 'neutral', sign: '✏️' },
  added: { tone: 'neutral', sign: '➕' },
  within: { tone: 'neutral', sign: '≈' },
  same: { tone: 'neutral', sign: '=' },
};

function wordsOf(row: MetricRow): string {
  const bound = (limit: number | undefined) =>
    distinctTexts([limit ?? 0, row.after?.type === 'number' ? row.after.value : 0])[0];
  switch (row.verdict) {
    case 'below-floor':
      return `below ${bound(row.gate?.min)}`;
    case 'above-ceiling':
      return `above ${bound(row.gate?.max)}`;
    case 'missing':
      return 'no such metric';
    case 'not-comparable':
      return 'not comparable';
    case 'not-compared':
      return 'not compared';
    case 'improved':
      return 'better';
    case 'added':
      return 'new';
    case 'within':
      return 'within tolerance';
    case 'same':
      return row.renamedFrom ? 'renamed' : 'same';
    default:
      return row.verdict;
  }
}
