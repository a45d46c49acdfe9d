import { scalarValue } from '../metrics/value.ts';
import type { MlflowClient } from '../mlflow/client.ts';
import { type ModelVersion, runMetrics } from '../mlflow/registry.ts';
import type { NamedValues } from './metric-names.ts';

/** The tag of a version with the metrics that it was promoted with: its run may lack them. */
export const metricsTag = 'sibling.metrics';

/** Characters that a server of MLflow 2 takes in a version's tag. */
const longestTag = 5_000;

export interface VersionMetrics {
  readonly values: NamedValues;
  /** Whether these are all that had a gate, and nothing else: those that it was promoted with. */
  readonly isComplete: boolean;
}

/** A version's metrics by name: what it was promoted with, else what its run has. */
export async function versionMetrics(
  client: MlflowClient,
  version: ModelVersion,
): Promise<VersionMetrics> {
  const kept = parseKept(version.tags.get(metricsTag));
  if (kept) return { values: kept, isComplete: true };
  const logged = version.run === undefined ? new Map() : await runMetrics(client, version.run);
  const values = new Map([...logged].map(([key, value]) => [key, scalarValue(value)]));
  return { values, isComplete: false };
}

/** The tag's text; undefined where the metrics are too many for one, or none. */
export function metricsText(values: NamedValues): string | undefined {
  const numbers = [...values].flatMap(([key, value]) =>
    value.type === 'number' || value.type === 'non-finite' ? [[key, value.value]] : [],
  );
  const text = JSON.stringify(Object.fromEntries(numbers));
  return numbers.length > 0 && text.length <= longestTag ? text : undefined;
}

function parseKept(text: string | undefined): NamedValues | undefined {
  try {
    const kept = JSON.parse(text ?? 'null');
    if (typeof kept !== 'object' || kept === null || Array.isArray(kept)) return undefined;
    const numbers = Object.entries(kept).flatMap(([key, value]) => {
      const number = numberOf(value);
      return number === undefined ? [] : [[key, scalarValue(number)] as const];
    });
    return new Map(numbers);
  } catch {
    return undefined; // somebody else's tag
  }
}

/** NaN and the infinities are words in JSON. */
function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  return value === 'NaN' || value === 'Infinity' || value === '-Infinity'
    ? Number(value)
    : undefined;
}
