import { closest } from '../../text/closest.ts';
import { keyText, typeName } from '../value.ts';
import { entryOf, type MapNode, nodeValue, type YamlNode } from '../yaml/node.ts';
import { type Source, wrong } from '../yaml/source.ts';

/*
 * The shape of a dvc.yaml: dvc/schema.py, MULTI_STAGE_SCHEMA and STAGE_DEFINITION. What is wrong is
 * thrown as 'configuration' at its place.
 */

type Shape = 'text' | 'texts' | 'flag' | 'list' | 'map' | 'any' | 'cmd' | 'vars' | 'outs' | 'names';

const stageKeys: Readonly<Record<string, Shape>> = {
  cmd: 'cmd',
  wdir: 'text',
  deps: 'texts',
  params: 'names',
  vars: 'vars',
  frozen: 'flag',
  meta: 'any',
  desc: 'text',
  always_changed: 'flag',
  outs: 'outs',
  metrics: 'outs',
  plots: 'outs',
};

const fileKeys: Readonly<Record<string, Shape>> = {
  stages: 'map',
  vars: 'vars',
  params: 'texts',
  metrics: 'texts',
  plots: 'list',
  artifacts: 'map',
  datasets: 'any',
};

const outFlags: Readonly<Record<string, Shape>> = {
  cache: 'flag',
  persist: 'flag',
  checkpoint: 'flag',
  remote: 'text',
  push: 'flag',
  desc: 'text',
  type: 'text',
  labels: 'texts',
  meta: 'any',
};

const plotFlags: Readonly<Record<string, Shape>> = {
  ...outFlags,
  template: 'text',
  x: 'text',
  y: 'text',
  x_label: 'text',
  y_label: 'text',
  title: 'text',
  header: 'flag',
};

/** The stages section of a dvc.yaml, entry by entry, once the file has the shape of one. */
export function checkedStages(source: Source): MapNode | undefined {
  if (source.tree === undefined) return undefined;
  const file = mapNode(
    source,
    source.tree,
    source.file,
    'Write `stages:` and the stages below it.',
  );
  checkKeys(source, file, fileKeys, source.file, { otherPlace: placeOfFileKey });
  const stages = entryOf(file, 'stages');
  if (stages === undefined) return undefined;
  const map = mapNode(
    source,
    stages.value,
    'stages',
    'Write each stage as `name:` with keys below.',
  );
  for (const { key, value } of map.entries) checkStage(source, keyText(key.value), key, value);
  return map;
}

function checkStage(source: Source, name: string, key: YamlNode, value: YamlNode): void {
  if (value.kind !== 'map') {
    throw wrong(source, key, `stage ${name} is not a map`, 'Give it at least a cmd.');
  }
  if (typeof nodeValue(key) !== 'string') {
    throw wrong(source, key, `the stage name ${name} is not text`, `Put it in quotes: "${name}".`);
  }
  const generated = entryOf(value, 'foreach') ?? entryOf(value, 'do');
  if (generated === undefined) {
    checkDefinition(source, name, value, { ...stageKeys, matrix: 'map' });
    return;
  }
  checkKeys(source, value, { foreach: 'any', do: 'map' }, `stage ${name}`, {
    beside: ' beside foreach',
    otherPlace: (word) =>
      Object.hasOwn(stageKeys, word) ? `Write ${word} below do: of the stage.` : undefined,
  });
  const data = entryOf(value, 'foreach')?.value;
  const body = entryOf(value, 'do')?.value;
  if (data === undefined || body === undefined) {
    const missing = data === undefined ? 'foreach' : 'do';
    const hint = 'foreach names the data, do the stage to make of each item.';
    throw wrong(source, key, `stage ${name} has no ${missing}`, hint);
  }
  if (data.kind === 'scalar' && typeof data.value !== 'string') {
    throw wrong(source, data, `foreach of stage ${name} is not data`, 'Give a list or a map.');
  }
  const definition = mapNode(source, body, `do of stage ${name}`, 'Give it at least a cmd.');
  checkDefinition(source, name, definition, { ...stageKeys, matrix: 'map' });
}

function checkDefinition(
  source: Source,
  name: string,
  map: MapNode,
  keys: Readonly<Record<string, Shape>>,
): void {
  checkKeys(source, map, keys, `stage ${name}`, { otherPlace: placeOfStageKey });
  const matrix = entryOf(map, 'matrix')?.value;
  for (const { key, value } of matrix?.kind === 'map' ? matrix.entries : []) {
    if (value.kind === 'list' || (value.kind === 'scalar' && typeof value.value === 'string'))
      continue;
    const hint = 'Give a list, or a reference to one.';
    throw wrong(source, value, `matrix.${keyText(key.value)} of stage ${name} is not a list`, hint);
  }
  if (entryOf(map, 'cmd') !== undefined) return;
  const hint = `Add one, for example: cmd: sibling stage ${name}`;
  throw wrong(source, map, `stage ${name} has no cmd`, hint);
}

interface Surroundings {
  readonly beside?: string;
  /** Says of a key that DVC knows elsewhere where it belongs. */
  readonly otherPlace?: (word: string) => string | undefined;
}

function placeOfFileKey(word: string): string | undefined {
  if (word === 'sibling') return 'Write it below meta: of a stage.';
  if (!Object.hasOwn(stageKeys, word) && !['matrix', 'foreach', 'do'].includes(word))
    return undefined;
  return `${word} belongs to a stage: write it below stages: and the name of the stage.`;
}

function placeOfStageKey(word: string): string | undefined {
  if (word === 'sibling') return 'Write it below meta: of the stage.';
  if (Object.hasOwn(fileKeys, word)) return `${word} belongs beside stages:, not into a stage.`;
  if (!Object.hasOwn(plotFlags, word)) return undefined;
  return `${word} belongs to an out: write it below the path in outs, metrics or plots.`;
}

function checkKeys(
  source: Source,
  map: MapNode,
  keys: Readonly<Record<string, Shape>>,
  owner: string,
  { beside = '', otherPlace }: Surroundings = {},
): void {
  for (const { key, value } of map.entries) {
    const word = keyText(key.value);
    const shape = Object.hasOwn(keys, word) ? keys[word] : undefined;
    if (shape === undefined) {
      const guess = closest(word, Object.keys(keys));
      const names = Object.keys(keys).join(', ');
      const hint =
        otherPlace?.(word) ?? (guess ? `Did you mean ${guess}?` : `The keys here are ${names}.`);
      throw wrong(source, key, `${owner} has the unknown key ${word}${beside}`, hint);
    }
    checkShape(source, value, shape, `${word} of ${owner}`, word);
  }
}

function checkShape(source: Source, node: YamlNode, shape: Shape, what: string, key: string): void {
  const refuse = (expected: string): never => {
    const found = node.kind === 'scalar' ? typeName(node.value) : node.kind;
    throw wrong(source, node, `${what} is a ${found}, not ${expected}`, `Write ${expected} there.`);
  };
  const isText = node.kind === 'scalar' && typeof node.value === 'string';
  if (shape === 'text' && !isText) refuse('a text');
  if (shape === 'flag' && !(node.kind === 'scalar' && typeof node.value === 'boolean')) {
    refuse('true or false');
  }
  if (shape === 'map' && node.kind !== 'map') refuse('a map');
  if (shape === 'cmd' && !isText && node.kind !== 'list') refuse('a text or a list of texts');
  if (!['list', 'texts', 'names', 'vars', 'outs'].includes(shape)) return;
  if (node.kind !== 'list') refuse('a list');
  for (const item of node.kind === 'list' ? node.items : [])
    checkItem(source, item, shape, what, key);
}

function checkItem(source: Source, item: YamlNode, shape: Shape, what: string, key: string): void {
  const isText = item.kind === 'scalar' && typeof item.value === 'string';
  if (isText || shape === 'list') return;
  const allowed = shape === 'texts' ? 'a text' : 'a text or a map';
  if (shape === 'texts' || item.kind !== 'map') {
    const found = item.kind === 'scalar' ? typeName(item.value) : item.kind;
    const hint = found === 'null' || found === 'map' ? `Write ${allowed}.` : 'Put it in quotes.';
    throw wrong(source, item, `an item of ${what} is a ${found}, not ${allowed}`, hint);
  }
  if (shape !== 'outs') return;
  for (const { key: path, value } of item.entries) {
    const owner = `${keyText(path.value)} in ${what}`;
    if (value.kind === 'map')
      checkKeys(source, value, key === 'plots' ? plotFlags : outFlags, owner);
    else if (!(key === 'plots' && value.kind === 'list')) {
      throw wrong(source, path, `${owner} has no map of options`, 'Take the colon away.');
    }
  }
}

function mapNode(source: Source, node: YamlNode, what: string, hint: string): MapNode {
  if (node.kind === 'map') return node;
  throw wrong(source, node, `${what} is not a map`, hint);
}
