import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { closest } from '../../text/closest.ts';
import { NotUnderstood } from '../../text/not-understood.ts';
import { lookUpKey, readValues } from '../params/file.ts';
import type { ParamsDep, Stage } from '../pipeline.ts';
import { isMap, keyText, type ValueMap } from '../value.ts';
import type { Project } from './load-project.ts';
import { type Origin, wrongInStage } from './stage-origin.ts';

/**
 * Throws 'configuration', at the key in dvc.yaml, when a stage declares params that are not in
 * their file: `dvc repro` would fail at that stage, after those before it have run. A params file
 * that another stage makes may come later.
 */
export function requireParams({ pipeline, origins }: Project): void {
  const made = new Set(pipeline.stages.flatMap((stage) => stage.outs.map((out) => out.path)));
  const files = new Map<string, ValueMap>();
  for (const stage of pipeline.stages) {
    const origin = origins.get(stage.address);
    if (!origin || stage.notUnderstood.length > 0) continue;
    for (const params of stage.params) {
      if (!made.has(params.path)) requireKeys(pipeline.root, stage, params, origin, files);
    }
  }
}

function requireKeys(
  root: string,
  stage: Stage,
  { path, keys }: ParamsDep,
  origin: Origin,
  files: Map<string, ValueMap>,
): void {
  if (!existsSync(resolve(root, path))) {
    throw wrongInStage(
      origin,
      stage.written.get(path) ?? path,
      `stage ${stage.name} reads params from ${path}, which does not exist`,
      'Create it, or correct the name.',
    );
  }
  try {
    const values = files.get(path) ?? readValues(root, path);
    files.set(path, values);
    for (const key of keys) {
      if (lookUpKey(values, key) !== undefined) continue;
      const guess = closest(key, dottedKeys(values, ''));
      throw wrongInStage(
        origin,
        key,
        `stage ${stage.name} declares the param ${key}, which is not in ${path}`,
        guess
          ? `Did you mean ${guess}?`
          : `Add ${key} to ${path}, or take it out of the stage's params.`,
      );
    }
  } catch (error) {
    // What DVC alone can read it also checks alone.
    if (!(error instanceof NotUnderstood)) throw error;
  }
}

function dottedKeys(values: ValueMap, prefix: string): string[] {
  return [...values].flatMap(([key, value]) => {
    const name = prefix + keyText(key);
    return isMap(value) ? [name, ...dottedKeys(value, `${name}.`)] : [name];
  });
}
