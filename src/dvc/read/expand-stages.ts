import type { ExpectedFailure } from '../../errors.ts';
import { closest } from '../../text/closest.ts';
import { NotUnderstood } from '../../text/not-understood.ts';
import type { ParsingOptions } from '../config/dvc-config.ts';
import { joinPath } from '../paths.ts';
import { isList, isMap, keyText, type Value, type ValueMap } from '../value.ts';
import { entryOf, type MapEntry, type MapNode, type YamlNode } from '../yaml/node.ts';
import { type Source, wrong } from '../yaml/source.ts';
import type { Budget } from './budget.ts';
import { checkExpressions, interpolate, scalarText, TemplateFault } from './template.ts';
import { addVars, contextValue, type VarsContext } from './vars-context.ts';

/** One stage with its references resolved, as dvc.yaml's keys and values. */
export interface ResolvedStage {
  /** `train`, or `train@a` for one that `foreach` or `matrix` makes. */
  readonly name: string;
  readonly key: YamlNode;
  readonly definition: MapNode;
  readonly values: ReadonlyMap<string, Value>;
  /** Params and vars files that references were looked up in, relative to the root or absolute. */
  readonly varsFiles: readonly string[];
}

/** What a dvc.yaml's stages are resolved in. */
export interface ResolveScope {
  readonly root: string;
  /** The folder of the dvc.yaml, relative to the root. */
  readonly folder: string;
  readonly source: Source;
  readonly context: VarsContext;
  readonly parsing: ParsingOptions;
  /** What the project may still grow to. */
  readonly budget: Budget;
}

/**
 * The stages of one entry of `stages:`, those of a `foreach` or `matrix` each on its own
 * (dvc/parsing/__init__.py). Throws 'configuration' at the reference that cannot be resolved.
 */
export function expandStage(scope: ResolveScope, { key, value }: MapEntry): ResolvedStage[] {
  const name = keyText(key.value);
  if (value.kind !== 'map') return [];
  const matrix = entryOf(value, 'matrix');
  const foreach = entryOf(value, 'foreach');
  const body = foreach ? entryOf(value, 'do')?.value : value;
  if (body?.kind !== 'map') return [];
  const definition = {
    ...body,
    entries: body.entries.filter((entry) => entry !== matrix),
  };
  checkSyntax(scope.source, definition);
  const items = matrix
    ? matrixItems(scope, matrix.value)
    : foreach
      ? foreachItems(scope, name, foreach.value)
      : [{ suffix: '', extra: new Map<Value, Value>() }];
  return items.map(({ suffix, extra }) => {
    const context = { ...scope.context, values: new Map([...scope.context.values, ...extra]) };
    const reserved = [...extra.keys()].map(keyText);
    return {
      name: name + suffix,
      key,
      definition,
      ...resolveDefinition({ ...scope, context }, definition, reserved),
    };
  });
}

interface Item {
  readonly suffix: string;
  readonly extra: ValueMap;
}

function foreachItems(scope: ResolveScope, name: string, data: YamlNode): Item[] {
  const value = resolve(scope, data, undefined);
  if (!isList(value) && !isMap(value)) {
    const hint = 'Give a list, a map, or a reference to one.';
    throw wrong(scope.source, data, `foreach of stage ${name} is not a list or a map`, hint);
  }
  const items = new Map<string, ValueMap>();
  if (isMap(value)) {
    for (const [key, item] of value) {
      const word = scalarText(key);
      items.set(
        word,
        new Map<Value, Value>([
          ['item', contextValue(item)],
          ['key', word],
        ]),
      );
    }
  } else {
    const isComposite = value.some((item) => isList(item) || isMap(item));
    value.forEach((item, index) => {
      const word = isComposite ? String(index) : scalarText(item);
      items.set(word, new Map([['item', contextValue(item)]]));
    });
  }
  return [...items].map(([word, extra]) => ({ suffix: `@${word}`, extra }));
}

function matrixItems(scope: ResolveScope, data: YamlNode): Item[] {
  const value = resolve(scope, data, undefined);
  const axes = [...(isMap(value) ? value : [])].map(([key, list]) => {
    if (!isList(list)) throw new NotUnderstood(`matrix data that is not a list (${keyText(key)})`);
    const name = scalarText(key);
    return list.map((item, index) => ({
      name,
      item: contextValue(item),
      word: isList(item) || isMap(item) ? `${name}${index}` : scalarText(item),
    }));
  });
  const size = axes.reduce((product, { length }) => product * length, axes.length);
  scope.budget.take(size);
  const combinations = axes.reduce<(typeof axes)[number][]>(
    (rows, axis) => rows.flatMap((row) => axis.map((choice) => [...row, choice])),
    [[]],
  );
  const items = new Map<string, ValueMap>();
  for (const row of combinations) {
    const key = row.map(({ word }) => word).join('-');
    const item: Value = new Map(row.map((choice) => [choice.name, choice.item]));
    items.set(
      key,
      new Map<Value, Value>([
        ['key', key],
        ['item', item],
      ]),
    );
  }
  return [...items].map(([word, extra]) => ({ suffix: `@${word}`, extra }));
}

function resolveDefinition(
  scope: ResolveScope,
  definition: MapNode,
  reserved: readonly string[],
): Pick<ResolvedStage, 'values' | 'varsFiles'> {
  const { root, folder, source } = scope;
  const vars = entryOf(definition, 'vars');
  const wdir = entryOf(definition, 'wdir')?.value;
  let context = scope.context;
  const wdirText = wdir === undefined ? '' : scalarText(resolve(scope, wdir, undefined));
  if (vars) {
    context = addVars(context, root, joinPath(folder, wdirText), source, vars.value);
    for (const name of reserved) {
      if (context.values.get(name) === scope.context.values.get(name)) continue;
      throw wrong(
        source,
        vars.value,
        `vars redefines ${name}`,
        'Rename it: foreach and matrix set it.',
      );
    }
  }
  const inner = { ...scope, context };
  const values = new Map<string, Value>();
  for (const { key, value } of definition.entries) {
    const word = keyText(key.value);
    if (word !== 'vars') values.set(word, resolve(inner, value, word));
  }
  return { values, varsFiles: [...context.imports.keys()] };
}

/** The value of a node with its references resolved; `key` as for `interpolate`. */
export function resolve(scope: ResolveScope, node: YamlNode, key: string | undefined): Value {
  scope.budget.take(1);
  if (node.kind === 'list') return node.items.map((item) => resolve(scope, item, key));
  if (node.kind === 'map') {
    return new Map(
      node.entries.map((entry) => [
        resolve(scope, entry.key, key),
        resolve(scope, entry.value, key),
      ]),
    );
  }
  if (typeof node.value !== 'string' || !node.value.includes('{')) return node.value;
  try {
    const value = interpolate(node.value, scope.context.values, key, scope.parsing);
    if (typeof value === 'string') scope.budget.take(0, value.length);
    return value;
  } catch (error) {
    throw located(scope, node, error);
  }
}

function checkSyntax(source: Source, node: YamlNode): void {
  if (node.kind === 'list') for (const item of node.items) checkSyntax(source, item);
  if (node.kind === 'map') {
    for (const { key, value } of node.entries) {
      checkSyntax(source, key);
      checkSyntax(source, value);
    }
  }
  if (node.kind !== 'scalar' || typeof node.value !== 'string') return;
  try {
    checkExpressions(node.value);
  } catch (error) {
    if (!(error instanceof TemplateFault)) throw error;
    const hint = `Write names joined by dots, as in \${train.lr}; \\\${ for a literal \${.`;
    throw wrong(source, node, error.reason, hint);
  }
}

function located(scope: ResolveScope, node: YamlNode, error: unknown): ExpectedFailure | unknown {
  if (!(error instanceof TemplateFault)) return error;
  const { missingKey, reason } = error;
  if (missingKey === undefined) {
    return wrong(scope.source, node, reason, 'Refer to a single value there.');
  }
  const files = [...scope.context.imports.keys()];
  const where = files.length > 0 ? `: it is not in ${files.join(', ')} or vars` : '';
  const guess = closest(missingKey, keysWithin(scope.context.values));
  const hint = guess
    ? `Did you mean \${${guess}}?`
    : `Define ${missingKey} in params.yaml or in vars; write \\\${ for a literal \${.`;
  return wrong(scope.source, node, reason + where, hint);
}

const maxSuggestions = 5000;

/** Dotted names of what a reference may name. */
function keysWithin(values: ValueMap): readonly string[] {
  const found: string[] = [];
  const visit = (value: Value, name: string) => {
    if (found.length >= maxSuggestions) return;
    if (name !== '') found.push(name);
    if (!isMap(value)) return;
    for (const [key, child] of value) visit(child, name ? `${name}.${keyText(key)}` : keyText(key));
  };
  visit(values, '');
  return found;
}
