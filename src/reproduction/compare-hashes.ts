import type { FileHash } from '../dvc/pipeline.ts';
import { depTagName, type RegisteredVersion } from './registered.ts';
import type { Check, CheckKind } from './result.ts';
import type { ModelOut, StageRecord } from './stage-records.ts';

/** Whether dvc.lock at the commit says of the model what the registry says. */
export function compareLock(
  registered: RegisteredVersion,
  locked: readonly StageRecord[],
  model: ModelOut,
  commit: string,
): Check[] {
  const record = locked.find(({ stage }) => stage === model.stage);
  const at = `dvc.lock at ${commit.slice(0, 10)}`;
  const own = comparison('lock', model.path, registered.md5, record?.outs.get(model.path)?.hash);
  return [
    { ...own, ...(own.state === 'differs' && { text: `${at} names another model` }) },
    ...compareDeps('lock', registered, record?.deps ?? new Map()).map((check) => ({
      ...check,
      ...(check.state === 'differs' && { text: `${at} says that the model was made of another` }),
    })),
  ].map((check) => ({ ...check, stage: model.stage.address }));
}

/** The deps of the model's stage against the registered ones, as far as both are known. */
export function compareDeps(
  kind: CheckKind,
  { deps }: RegisteredVersion,
  found: ReadonlyMap<string, FileHash>,
): Check[] {
  return [...found].flatMap(([path, { hash }]) => {
    const expected = deps.get(depTagName(path));
    return expected === undefined ? [] : [comparison(kind, path, expected, hash)];
  });
}

/** What all stages made, against dvc.lock at the commit; the model itself has a check of its own. */
export function compareOuts(
  before: readonly StageRecord[],
  after: readonly StageRecord[],
  model: ModelOut | undefined,
): Check[] {
  return after.flatMap(({ stage, outs }) => {
    const old = before.find((record) => record.stage.address === stage.address);
    if (!old) return [];
    return [...outs].flatMap(([path, made]): Check[] => {
      const locked = old.outs.get(path);
      if (path === model?.path || locked?.hash === undefined) return [];
      const check = comparison('out', path, locked.hash, made.hash);
      const isSized = locked.size !== undefined && made.size !== undefined;
      const difference = isSized ? (made.size ?? 0) - (locked.size ?? 0) : 0;
      return [
        {
          ...check,
          stage: stage.address,
          ...(check.state === 'differs' && isSized && { difference }),
        },
      ];
    });
  });
}

/** Parameters that dvc.lock at the commit has otherwise than the params files there. */
export function compareParams(
  before: readonly StageRecord[],
  after: readonly StageRecord[],
): Check[] {
  return after.flatMap(({ stage, params }) => {
    const old = before.find((record) => record.stage.address === stage.address);
    return [...params].flatMap(([what, found]): Check[] => {
      const expected = old?.params.get(what);
      if (expected === undefined || expected === found) return [];
      const text = 'dvc.lock at the commit is of a run with another value';
      return [{ kind: 'param', what, stage: stage.address, state: 'note', expected, found, text }];
    });
  });
}

/** Two hashes, or two names, of which one may be unknown. */
export function comparison(
  kind: CheckKind,
  what: string,
  expected: string,
  found: string | undefined,
): Check {
  const state = expected === found ? 'same' : 'differs';
  return { kind, what, state, expected, found: found ?? null };
}
