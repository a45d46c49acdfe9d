import { metricPaths } from '../../dvc/metric-paths.ts';
import type { Stage } from '../../dvc/pipeline.ts';
import type { CollectedResults } from './collect-results.ts';

/**
 * Gives metrics files that are recorded, are not here and are kept in no cache the reason for that:
 * nothing fetches these. `whyOf` is asked with the address of the stage that makes one.
 */
export function explainUncached(
  results: CollectedResults,
  stages: readonly Stage[],
  whyOf: (maker: string) => string,
): CollectedResults {
  const makers = new Map(
    stages.flatMap(({ address, outs }) =>
      outs
        .filter(({ cache }) => !cache)
        .flatMap((out) => metricPaths(out).map((path) => [path, address] as const)),
    ),
  );
  const absent = results.absent.map((file) => {
    const maker = makers.get(file.path);
    if (maker === undefined || file.why !== undefined) return file;
    return { ...file, why: whyOf(maker) };
  });
  return { ...results, absent };
}
