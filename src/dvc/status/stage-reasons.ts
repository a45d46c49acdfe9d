import { NotUnderstood } from '../../text/not-understood.ts';
import type { Content } from '../hash/content.ts';
import type { HashKind } from '../hash/worker.ts';
import type { LockedStage } from '../lock/lock.ts';
import type { FileHash, Out, Stage } from '../pipeline.ts';
import type { ValueMap } from '../value.ts';
import { type ParamChange, paramChanges } from './params-changes.ts';

/** Why a stage is not up to date. */
export type Reason =
  | { readonly kind: 'never-ran' }
  | { readonly kind: 'always' }
  | { readonly kind: 'command'; readonly before: string; readonly after: string }
  | { readonly kind: 'dep'; readonly path: string; readonly change: 'modified' | 'deleted' | 'new' }
  | { readonly kind: 'params-file'; readonly file: string; readonly change: 'deleted' | 'new' }
  | ({ readonly kind: 'param'; readonly file: string } & ParamChange)
  | {
      readonly kind: 'out';
      readonly path: string;
      readonly change: 'modified' | 'deleted' | 'not-in-cache' | 'new';
      /** Of a deleted out: whether the local cache has it, so that `dvc checkout` restores it. */
      readonly isCached?: boolean;
    }
  | { readonly kind: 'not-understood'; readonly construct: string };

/** What has to be known of the workspace to judge a stage. */
export interface Facts {
  readonly contentOf: (path: string, kind: HashKind) => Content;
  readonly isCached: (hash: FileHash) => boolean;
  /** Whether there is a params file; it is read only when there are values to compare with. */
  readonly hasParams: (path: string) => boolean;
  readonly paramsOf: (path: string) => ValueMap;
  /**
   * The recorded hash of the out at exactly this path, of a stage upstream or a `.dvc` file;
   * `in-part` where an out holds the path or lies below it, so that no recorded hash tells.
   */
  readonly upstreamHash: (path: string) => FileHash | 'in-part' | undefined;
}

export interface ReasonOptions {
  /**
   * Judge as `dvc repro --allow-missing`: data that is not there, in the workspace or in the cache,
   * does not make a stage stale as long as its recorded hash is the one that is expected.
   */
  readonly allowMissing: boolean;
}

/**
 * What makes a stage stale: the differences that `dvc status` shows (dvc/stage/__init__.py), none
 * if it is up to date. A frozen stage's deps do not count.
 */
export function stageReasons(
  stage: Stage,
  locked: LockedStage | undefined,
  facts: Facts,
  options: ReasonOptions,
): readonly Reason[] {
  const unknown = [...stage.notUnderstood, ...(locked?.notUnderstood ?? [])];
  if (unknown.length > 0) {
    return unknown.map((construct) => ({ kind: 'not-understood', construct }));
  }
  const reasons: Reason[] = [];
  const isCallback =
    stage.deps.length === 0 && stage.params.length === 0 && stage.outs.length === 0;
  if (stage.alwaysChanged || isCallback) reasons.push({ kind: 'always' });
  if (locked === undefined) reasons.push({ kind: 'never-ran' });
  else if (!isSameCommand(stage, locked)) {
    reasons.push({
      kind: 'command',
      before: commandText(locked.cmd),
      after: commandText(stage.cmd),
    });
  }
  if (!stage.frozen) {
    reasons.push(
      ...depReasons(stage, locked, facts, options),
      ...paramReasons(stage, locked, facts),
    );
  }
  for (const out of stage.outs) {
    const hash = hashAt(locked?.outs, stage.written.get(out.path) ?? out.path, out.path);
    reasons.push(...outReasons(out, hash, facts, options));
  }
  return reasons;
}

/** The recorded hash of a path; without an entry DVC expects one of its version 2. */
export function hashAt(
  hashes: readonly FileHash[] | undefined,
  written: string,
  path: string,
): FileHash {
  const found = hashes?.findLast((hash) => hash.path === written);
  return found ? { ...found, path } : { path, kind: 'md5-dos2unix', hash: undefined };
}

function isSameCommand(stage: Stage, { cmd }: LockedStage): boolean {
  if (typeof cmd === 'string') return !stage.isCmdList && stage.cmd[0] === cmd;
  return (
    stage.isCmdList &&
    cmd.length === stage.cmd.length &&
    cmd.every((line, index) => line === stage.cmd[index])
  );
}

function commandText(cmd: string | readonly string[]): string {
  return typeof cmd === 'string' ? cmd : cmd.join('; ');
}

function depReasons(
  stage: Stage,
  locked: LockedStage | undefined,
  { contentOf, upstreamHash }: Facts,
  { allowMissing }: ReasonOptions,
): readonly Reason[] {
  return stage.deps.flatMap((path): Reason[] => {
    const recorded = hashAt(locked?.deps, stage.written.get(path) ?? path, path);
    const content = contentOf(path, recorded.kind);
    if (content.state === 'not-understood') return [notUnderstood(content.construct)];
    if (content.state === 'absent') {
      if (!allowMissing) return [{ kind: 'dep', path, change: 'deleted' }];
      const made = upstreamHash(path);
      if (made === 'in-part') return [notUnderstood(`part of an out, ${path}, that is not here`)];
      const differs =
        made !== undefined && (made.hash !== recorded.hash || made.kind !== recorded.kind);
      return differs ? [{ kind: 'dep', path, change: 'modified' }] : [];
    }
    if (recorded.hash === undefined) return [{ kind: 'dep', path, change: 'new' }];
    return content.hash === recorded.hash ? [] : [{ kind: 'dep', path, change: 'modified' }];
  });
}

function paramReasons(
  stage: Stage,
  locked: LockedStage | undefined,
  { hasParams, paramsOf }: Facts,
): readonly Reason[] {
  return stage.params.flatMap((params): Reason[] => {
    const file = params.path;
    return understand(() => {
      if (!hasParams(file)) return [{ kind: 'params-file', file, change: 'deleted' }];
      const recorded = locked?.params.get(stage.written.get(file) ?? file);
      if (recorded === undefined) return [{ kind: 'params-file', file, change: 'new' }];
      return paramChanges(params, paramsOf(file), recorded).map((change) => ({
        kind: 'param',
        file,
        ...change,
      }));
    });
  });
}

/** As `dvc status` judges an out, of a stage or of a `.dvc` file. */
export function outReasons(
  out: Out,
  recorded: FileHash,
  { contentOf, isCached }: Facts,
  { allowMissing }: ReasonOptions,
): readonly Reason[] {
  const { path } = out;
  return understand(() => {
    const cached = out.cache && recorded.hash !== undefined ? isCached(recorded) : undefined;
    const content = contentOf(path, recorded.kind);
    if (content.state === 'not-understood') return [notUnderstood(content.construct)];
    // DVC looks into the cache first, and `--allow-missing` then passes over what is not there.
    if (cached === false) {
      return allowMissing ? [] : [{ kind: 'out', path, change: 'not-in-cache' }];
    }
    if (content.state === 'absent') {
      if (allowMissing) return [];
      return [{ kind: 'out', path, change: 'deleted', isCached: cached === true }];
    }
    if (recorded.hash === undefined) return [{ kind: 'out', path, change: 'new' }];
    return content.hash === recorded.hash ? [] : [{ kind: 'out', path, change: 'modified' }];
  });
}

function understand(judge: () => Reason[]): Reason[] {
  try {
    return judge();
  } catch (error) {
    if (!(error instanceof NotUnderstood)) throw error;
    return [notUnderstood(error.construct)];
  }
}

function notUnderstood(construct: string): Reason {
  return { kind: 'not-understood', construct };
}
