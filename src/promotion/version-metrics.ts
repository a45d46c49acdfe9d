import type { MlflowClient } from '../mlflow/client.ts';
import { type ModelVersion, runMetrics } from '../mlflow/registry.ts';
import { scalarValue, type Value } from '../report/value.ts';

/** The tag of a version with the metrics that it was promoted with: its run may lack them. */
export const metricsTag = 'sibling.metrics';

/** Characters that a server of MLflow 2 takes in a version's tag. */
const longestTag = 5_000;

/** A version's metrics by name: what it was promoted with, else what its run has. */
export async function versionMetrics(
  client: MlflowClient,
  version: ModelVersion,
): Promise<ReadonlyMap<string, Value>> {
  const kept = parseKept(version.tags.get(metricsTag));
  if (kept) return kept;
  const logged = version.run === undefined ? new Map() : await runMetrics(client, version.run);
  return new Map([...logged].map(([key, value]) => [key, scalarValue(value)]));
}

/** The tag's text; undefined where the metrics are too many for one. */
export function metricsText(values: ReadonlyMap<string, Value>): string | undefined {
  const numbers = [...values].flatMap(([key, value]) =>
    value.type === 'number' || value.type === 'non-finite' ? [[key, value.value]] : [],
  );
  const text = JSON.stringify(Object.fromEntries(numbers));
  return numbers.length > 0 && text.length <= longestTag ? text : undefined;
}

function parseKept(text: string | undefined): ReadonlyMap<string, Value> | undefined {
  try {
    const kept = JSON.parse(text ?? 'null');
    if (typeof kept !== 'object' || kept === null) return undefined;
    return new Map(Object.entries(kept).map(([key, value]) => [key, scalarValue(toNumber(value))]));
  } catch {
    return undefined; // somebody else's tag
  }
}

/** NaN and the infinities are words in JSON. */
function toNumber(value: unknown): unknown {
  return typeof value === 'string' ? Number(value) : value;
}
