import { join } from 'node:path';
import { NotUnderstood } from '../../text/not-understood.ts';
import { HashCache } from '../hash/cache.ts';
import { Contents } from '../hash/content.ts';
import type { FolderListings } from '../hash/folder-listings.ts';
import { ObjectCache } from '../hash/object-cache.ts';
import { DvcIgnore } from '../ignore/dvc-ignore.ts';
import { type Lock, type LockedStage, lockFileOf, readLock } from '../lock/lock.ts';
import { preparePython } from '../params/python-values.ts';
import type { DataSource, FileHash, Handover, Out, Pipeline, Stage } from '../pipeline.ts';
import { configOrDoubts } from '../read/load-project.ts';
import type { ValueMap } from '../value.ts';
import { hasParamsFile, readParams } from './params-changes.ts';
import { type Facts, hashAt, outReasons, type Reason, stageReasons } from './stage-reasons.ts';

type LockOf = (stage: Stage) => LockedStage | undefined;

/** A dvc.lock, or what of it only DVC can judge. */
type LockOrDoubt = { readonly lock: Lock | undefined } | { readonly construct: string };

export interface StageStatus {
  readonly address: string;
  /**
   * `unchanged` and `stale` are what `dvc status` says of the stage by itself. `ask-dvc` means that
   * something of it is not read here; the reasons name it.
   */
  readonly state: 'unchanged' | 'stale' | 'ask-dvc';
  readonly reasons: readonly Reason[];
  /** Stages upstream that are not `unchanged`: once they run, this one may have to run as well. */
  readonly staleUpstream: readonly string[];
}

export interface ProjectStatus {
  /** In pipeline order. */
  readonly stages: readonly StageStatus[];
  /** Of the `.dvc` files. */
  readonly sources: readonly StageStatus[];
  /** Not empty: there may be stages that are not listed. */
  readonly handovers: readonly Handover[];
}

export interface StatusOptions {
  /** Addresses of the stages to judge; all when undefined. `.dvc` files are judged with all only. */
  readonly stages?: readonly string[];
  /** See ReasonOptions; false when undefined. */
  readonly allowMissing?: boolean;
  /** Where hashes are kept; `.sibling/hash-cache` in the project when undefined. */
  readonly hashCache?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Of files that are not known yet no more is hashed; stages that need it are `ask-dvc`. */
  readonly mostBytes?: number;
  /** Of when the pipeline was read, if that was just now. */
  readonly listings?: FolderListings;
}

/**
 * Compares a pipeline with its dvc.lock files, the workspace and DVC's local cache, and says what
 * `dvc status` would say, with the reasons. Writes nothing but the hash cache. Throws
 * 'configuration' for a lock or params file that DVC would refuse as well.
 */
export async function pipelineStatus(
  pipeline: Pipeline,
  options: StatusOptions = {},
): Promise<ProjectStatus> {
  const { root } = pipeline;
  const cache = new HashCache(options.hashCache ?? join(root, '.sibling/hash-cache'));
  const contents = new Contents(root, new DvcIgnore(root), cache, options.listings);
  const { config, doubts } = configOrDoubts(root, options.env ?? process.env);
  const [doubt] = doubts.map(({ construct }) => ({ kind: 'not-understood' as const, construct }));
  const objects = new ObjectCache(config.cacheFolder, contents);
  const chosen = options.stages && new Set(options.stages);
  const stages = pipeline.stages.filter(({ address }) => !chosen || chosen.has(address));
  const sources = chosen ? [] : pipeline.sources;
  const locks = new Map<string, LockOrDoubt>();
  for (const { file } of stages) {
    if (!locks.has(file)) locks.set(file, lockOrDoubt(root, lockFileOf(file)));
  }
  const lockOf: LockOf = (stage) => {
    const found = locks.get(stage.file);
    return found && 'lock' in found ? found.lock?.stages.get(stage.name) : undefined;
  };
  const readableStages = stages.filter((stage) => stage.notUnderstood.length === 0);
  for (const stage of readableStages) wantObjects(stage.outs, outHashes(stage, lockOf), objects);
  for (const source of sources) wantObjects(source.outs, source.hashes, objects);
  const looking = objects.look();
  if (stages.some(({ params }) => params.some(({ path }) => path.endsWith('.py')))) {
    await preparePython();
  }
  for (const stage of readableStages) wantContents(stage, lockOf, contents);
  for (const { hashes } of sources) for (const { path, kind } of hashes) contents.want(path, kind);
  await looking;
  await contents.compute(options.mostBytes);

  const facts = makeFacts(pipeline, lockOf, contents, objects);
  const ownReasons = new Map(
    stages.map((stage) => {
      const found = locks.get(stage.file);
      return [
        stage.address,
        doubt
          ? [doubt]
          : found && 'construct' in found
            ? [{ kind: 'not-understood', construct: found.construct } as const]
            : stageReasons(stage, lockOf(stage), facts, {
                allowMissing: options.allowMissing === true,
              }),
      ];
    }),
  );
  const sourceStatuses = sources.map((source): StageStatus => {
    const status = sourceStatus(source, facts, options.allowMissing === true);
    return doubt ? { ...status, state: 'ask-dvc', reasons: [doubt] } : status;
  });
  cache.save();
  const verdicts = new Map(
    [...ownReasons].map(([address, reasons]) => [address, verdict(reasons)]),
  );
  const before = staleBefore(pipeline, verdicts);
  return {
    stages: stages.map((stage) => ({
      address: stage.address,
      state: verdicts.get(stage.address) ?? 'ask-dvc',
      reasons: ownReasons.get(stage.address) ?? [],
      staleUpstream: before.get(stage.address) ?? [],
    })),
    sources: sourceStatuses,
    handovers: pipeline.handovers,
  };
}

function lockOrDoubt(root: string, file: string): LockOrDoubt {
  try {
    const lock = readLock(root, file);
    return lock?.schema === 1 ? { construct: `${file}, written by DVC 1` } : { lock };
  } catch (error) {
    if (!(error instanceof NotUnderstood)) throw error;
    return { construct: `${file} (${error.construct})` };
  }
}

function outHashes(stage: Stage, lockOf: LockOf): readonly FileHash[] {
  const locked = lockOf(stage);
  return stage.outs.map(({ path }) => hashAt(locked?.outs, stage.written.get(path) ?? path, path));
}

function wantObjects(
  outs: readonly Out[],
  hashes: readonly FileHash[],
  objects: ObjectCache,
): void {
  for (const [index, out] of outs.entries()) {
    const hash = hashes[index];
    if (hash && out.cache) objects.want(hash);
  }
}

function wantContents(stage: Stage, lockOf: LockOf, contents: Contents): void {
  const locked = lockOf(stage);
  const deps = (stage.frozen ? [] : stage.deps).map((path) =>
    hashAt(locked?.deps, stage.written.get(path) ?? path, path),
  );
  for (const { path, kind } of [...deps, ...outHashes(stage, lockOf)]) contents.want(path, kind);
}

function makeFacts(
  { root, stages, sources }: Pipeline,
  lockOf: LockOf,
  contents: Contents,
  objects: ObjectCache,
): Facts {
  const params = new Map<string, ValueMap>();
  const made = new Map<string, () => FileHash>();
  for (const stage of stages) {
    for (const { path } of stage.outs) {
      made.set(path, () => hashAt(lockOf(stage)?.outs, stage.written.get(path) ?? path, path));
    }
  }
  for (const { outs, hashes } of sources) {
    for (const [index, { path }] of outs.entries()) {
      made.set(path, () => hashes[index] ?? hashAt(undefined, path, path));
    }
  }
  return {
    contentOf: (path, kind) => contents.contentOf(path, kind),
    isCached: (hash) => objects.has(hash),
    hasParams: (path) => hasParamsFile(root, path),
    paramsOf: (path) => {
      const content = params.get(path) ?? readParams(root, path);
      params.set(path, content);
      return content;
    },
    upstreamHash: (path) =>
      made.get(path)?.() ??
      ([...made.keys()].some((out) => isWithin(path, out) || isWithin(out, path))
        ? 'in-part'
        : undefined),
  };
}

function isWithin(path: string, folder: string): boolean {
  return path.startsWith(`${folder}/`);
}

function verdict(reasons: readonly Reason[]): StageStatus['state'] {
  if (reasons.some((reason) => reason.kind === 'not-understood')) return 'ask-dvc';
  return reasons.length === 0 ? 'unchanged' : 'stale';
}

/**
 * For each stage, in pipeline order, those before it that are not unchanged. `dvc repro` does not
 * look at what comes before a frozen stage.
 */
function staleBefore(
  pipeline: Pipeline,
  verdicts: ReadonlyMap<string, StageStatus['state']>,
): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const { address, frozen } of pipeline.stages) {
    const stale = new Set<string>();
    for (const producer of frozen ? [] : (pipeline.upstream.get(address) ?? [])) {
      for (const earlier of found.get(producer) ?? []) stale.add(earlier);
      if ((verdicts.get(producer) ?? 'unchanged') !== 'unchanged') stale.add(producer);
    }
    found.set(address, [...stale]);
  }
  return found;
}

function sourceStatus(source: DataSource, facts: Facts, allowMissing: boolean): StageStatus {
  const reasons: readonly Reason[] =
    source.notUnderstood.length > 0
      ? source.notUnderstood.map((construct) => ({ kind: 'not-understood', construct }))
      : source.outs.flatMap((out, index) => {
          const hash = source.hashes[index] ?? hashAt(undefined, out.path, out.path);
          return outReasons(out, hash, facts, { allowMissing });
        });
  return { address: source.address, state: verdict(reasons), reasons, staleUpstream: [] };
}
