import type { Out } from '../dvc/pipeline.ts';
import { ExpectedFailure } from '../errors.ts';
import { git } from '../git/git.ts';
import { goesWithout } from '../project/require-repository.ts';
import { PathSet } from '../system/contains.ts';

/** What of a stage this needs. */
interface Maker {
  readonly address: string;
  readonly file: string;
  readonly line: number;
  readonly outs: readonly Pick<Out, 'path' | 'cache'>[];
}

/** An out that both Git and DVC would keep. */
export interface TrackedOut {
  readonly stage: string;
  readonly failure: ExpectedFailure;
}

/**
 * One for each out of these stages that DVC caches and Git has in its index, itself or files in it.
 * DVC refuses it only when the stage has run, and saves nothing then (dvc/output.py, `ignore`). None
 * where Git cannot tell.
 */
export async function trackedOuts(
  root: string,
  stages: readonly Maker[],
): Promise<readonly TrackedOut[]> {
  const makers = new Map(
    stages.flatMap((stage) =>
      stage.outs.filter(({ cache }) => cache).map(({ path }) => [path, stage] as const),
    ),
  );
  if (makers.size === 0 || goesWithout(root)) return [];
  const outs = new PathSet(makers.keys());
  const listed = (await git(root, 'ls-files', '-z')) ?? '';
  const tracked = new Set<string>();
  for (const path of listed.split('\0')) {
    const out = path === '' ? undefined : outs.around(path);
    if (out !== undefined) tracked.add(out);
  }
  return [...makers]
    .filter(([path]) => tracked.has(path))
    .map(([path, stage]) => ({ stage: stage.address, failure: refusal(path, stage) }));
}

/** Throws 'configuration' for the first of them. */
export async function refuseTrackedOuts(root: string, stages: readonly Maker[]): Promise<void> {
  const [first] = await trackedOuts(root, stages);
  if (first) throw first.failure;
}

function refusal(path: string, { address, file, line }: Maker): ExpectedFailure {
  const word = /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
  return new ExpectedFailure({
    kind: 'configuration',
    cause: `Git tracks ${path}, an out of stage ${address} that DVC caches: DVC would refuse it once the stage has run`,
    hint: `Take it out of Git, the file stays: git rm -r --cached -- ${word}, then commit. Or leave it to Git alone: cache: false for it in ${file}.`,
    place: { file, line },
  });
}
