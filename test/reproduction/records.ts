import type { Stage } from '../../src/dvc/pipeline.ts';
import type { RegisteredVersion } from '../../src/reproduction/wanted/registered.ts';
import type { StageRecord } from '../../src/reproduction/wanted/stage-records.ts';

/** A stage with nothing but its name and what a test says. */
export function stage(name: string, rest: Partial<Stage> = {}): Stage {
  return {
    address: name,
    name,
    file: 'dvc.yaml',
    line: 1,
    cmd: [`sibling stage ${name}`],
    wdir: '.',
    deps: [],
    params: [],
    outs: [],
    frozen: false,
    alwaysChanged: false,
    meta: undefined,
    written: new Map(),
    isCmdList: false,
    notUnderstood: [],
    ...rest,
  };
}

type Hashes = Readonly<Record<string, string | undefined>>;

/** What a dvc.lock has of a stage. */
export function record(
  of: Stage,
  { deps = {}, outs = {}, params = {} }: { deps?: Hashes; outs?: Hashes; params?: Hashes },
  sizes: Readonly<Record<string, number>> = {},
): StageRecord {
  const hashes = (entries: Hashes) =>
    new Map(
      Object.entries(entries).map(([path, hash]) => {
        const size = sizes[path];
        return [path, { path, kind: 'md5' as const, hash, ...(size !== undefined && { size }) }];
      }),
    );
  return {
    stage: of,
    deps: hashes(deps),
    outs: hashes(outs),
    params: new Map(Object.entries(params).map(([key, value]) => [key, value ?? ''])),
  };
}

/** A version of which the registry says this. */
export function version(rest: Partial<RegisteredVersion> = {}): RegisteredVersion {
  return {
    model: 'iris',
    number: 3,
    md5: 'aa',
    gitCommit: undefined,
    isDirty: false,
    lockCommit: undefined,
    image: undefined,
    baseImage: undefined,
    deps: new Map(),
    metrics: { isComplete: true, values: new Map() },
    ...rest,
  };
}
