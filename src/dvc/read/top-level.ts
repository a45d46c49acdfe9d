import type { TopLevel } from '../pipeline.ts';
import { isList, toPlain } from '../value.ts';
import { entryOf } from '../yaml/node.ts';
import { type ResolveScope, resolve } from './expand-stages.ts';

/** The sections of a dvc.yaml beside `stages`, resolved. Throws 'configuration' as stages do. */
export function readTopLevel(scope: ResolveScope): TopLevel {
  const { source } = scope;
  const list = (key: string): readonly unknown[] => {
    const entry = entryOf(source.tree, key);
    const value = entry === undefined ? [] : resolve(scope, entry.value, undefined);
    return isList(value) ? value.map(toPlain) : [];
  };
  const artifacts = entryOf(source.tree, 'artifacts');
  return {
    file: source.file,
    params: list('params').map(String),
    metrics: list('metrics').map(String),
    plots: list('plots'),
    artifacts: (artifacts ? toPlain(resolve(scope, artifacts.value, undefined)) : {}) as Readonly<
      Record<string, unknown>
    >,
  };
}
