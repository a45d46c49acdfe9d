import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { type Document, isMap, isScalar, LineCounter, parseDocument, type YAMLMap } from 'yaml';
import { closest } from '../closest.ts';
import { ExpectedFailure, type Place } from '../errors.ts';
import { codeFrame } from './code-frame.ts';
import { buildGraph } from './graph.ts';
import type { Out, OutKind, ParamsDep, Pipeline, Stage } from './pipeline.ts';

/** The keys of a stage: dvc/schema.py, STAGE_DEFINITION. */
const stageKeys = [
  'cmd',
  'wdir',
  'deps',
  'params',
  'vars',
  'frozen',
  'meta',
  'desc',
  'always_changed',
  'outs',
  'metrics',
  'plots',
  'foreach',
  'do',
  'matrix',
];

/** A dvc.yaml with what is needed to point at a place in it. */
interface Source {
  readonly file: string;
  readonly text: string;
  readonly document: Document;
  readonly lines: LineCounter;
}

/**
 * Reads the dvc.yaml in `root`: its stages in an order in which each comes after those it depends
 * on. Throws 'configuration', with the place, for what DVC would refuse.
 */
export function readPipeline(root: string): Pipeline {
  const source = parseSource(root, 'dvc.yaml');
  const stages = source.document.getIn(['stages'], true);
  const items = isMap(stages) ? stages.items : [];
  const read = items.map((pair) => {
    const name = String(isScalar(pair.key) ? pair.key.value : pair.key);
    const line = lineOf(source, pair.key);
    if (!isMap(pair.value)) {
      throw wrong(source, pair.key, `stage ${name} is not a map`, 'Give it at least a cmd.');
    }
    return readStage(root, source, name, line, pair.value);
  });
  return buildGraph(root, read);
}

function parseSource(root: string, file: string): Source {
  const path = join(root, file);
  if (!existsSync(path)) {
    throw new ExpectedFailure({
      kind: 'configuration',
      cause: `there is no ${file} in ${root}`,
      hint: 'Write one: https://dvc.org/doc/user-guide/project-structure/dvcyaml-files.',
      place: { file },
    });
  }
  const text = readFileSync(path, 'utf8');
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [error] = document.errors;
  if (error) {
    const { line, col } = lines.linePos(error.pos[0]);
    throw new ExpectedFailure({
      kind: 'configuration',
      cause: `not valid YAML: ${error.message.split('\n')[0]?.replace(/ at line \d+.*$/, '')}`,
      hint: 'Mend the line that is marked.',
      place: { file, line, column: col },
      details: codeFrame(text, line, col),
    });
  }
  return { file, text, document, lines };
}

function readStage(root: string, source: Source, name: string, line: number, map: YAMLMap): Stage {
  for (const { key } of map.items) {
    const word = String(isScalar(key) ? key.value : key);
    if (stageKeys.includes(word)) continue;
    const guess = closest(word, stageKeys);
    const hint = guess
      ? `Did you mean ${guess}?`
      : `The keys of a stage are ${stageKeys.join(', ')}.`;
    throw wrong(source, key, `stage ${name} has the unknown key ${word}`, hint);
  }
  const value = map.toJS(source.document) as Record<string, unknown>;
  const wdir = posix.normalize(String(value.wdir ?? '.'));
  const inRoot = (path: string) =>
    /^[a-z][a-z0-9+.-]*:\/\//i.test(path) ? path : posix.join(wdir, path);
  const cmd = Array.isArray(value.cmd) ? value.cmd.map(String) : [String(value.cmd ?? '')];
  if (value.cmd === undefined) {
    throw wrong(
      source,
      map,
      `stage ${name} has no cmd`,
      `Add one, for example: cmd: sibling stage ${name}`,
    );
  }
  return {
    address: name,
    name,
    file: source.file,
    line,
    cmd,
    wdir,
    deps: listOf(value.deps).map((dep) => inRoot(String(dep))),
    params: readParams(root, source, name, map, inRoot),
    outs: [
      ...readOuts(value.outs, 'out', inRoot),
      ...readOuts(value.metrics, 'metric', inRoot),
      ...readOuts(value.plots, 'plot', inRoot),
    ],
    frozen: value.frozen === true,
    alwaysChanged: value.always_changed === true,
    ...(typeof value.desc === 'string' && { desc: value.desc }),
    meta: value.meta,
  };
}

function readOuts(value: unknown, kind: OutKind, inRoot: (path: string) => string): Out[] {
  return listOf(value).map((entry) => {
    const [path, flags] =
      typeof entry === 'object' && entry !== null
        ? (Object.entries(entry)[0] ?? ['', {}])
        : [String(entry), {}];
    const { cache = true, persist = false } = (flags ?? {}) as {
      cache?: boolean;
      persist?: boolean;
    };
    return { path: inRoot(path), kind, cache, persist };
  });
}

/** Params are keys of params.yaml, or `{file: [keys]}`, or `{file: null}` for a whole file. */
function readParams(
  root: string,
  source: Source,
  stage: string,
  map: YAMLMap,
  inRoot: (path: string) => string,
): ParamsDep[] {
  const value = listOf((map.toJS(source.document) as { params?: unknown }).params);
  const files = new Map<string, string[]>();
  const add = (path: string, keys: readonly string[]) =>
    files.set(path, [...(files.get(path) ?? []), ...keys]);
  for (const entry of value) {
    if (typeof entry === 'object' && entry !== null) {
      for (const [path, keys] of Object.entries(entry)) add(inRoot(path), listOf(keys).map(String));
    } else {
      add(inRoot('params.yaml'), [String(entry)]);
    }
  }
  const params = [...files].map(([path, keys]) => ({ path, keys }));
  for (const { path, keys } of params) requireKeys(root, source, stage, map, path, keys);
  return params;
}

function requireKeys(
  root: string,
  source: Source,
  stage: string,
  map: YAMLMap,
  path: string,
  keys: readonly string[],
): void {
  const place = map.get('params', true) ?? map;
  if (!existsSync(join(root, path))) {
    throw wrong(
      source,
      place,
      `stage ${stage} reads params from ${path}, which does not exist`,
      'Create it, or correct the name.',
    );
  }
  if (!/\.(ya?ml|json)$/.test(path)) return;
  const parsed = parseSource(root, path);
  for (const key of keys) {
    if (parsed.document.hasIn(key.split('.'))) continue;
    throw wrong(
      source,
      place,
      `stage ${stage} declares the param ${key}, which is not in ${path}`,
      `Add ${key} to ${path}, or take it out of the stage's params.`,
    );
  }
}

function listOf(value: unknown): unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

function placeOf(source: Source, node: unknown): Place {
  const offset = (node as { range?: [number, number, number] } | null)?.range?.[0] ?? 0;
  const { line, col } = source.lines.linePos(offset);
  return { file: source.file, line, column: col };
}

function lineOf(source: Source, node: unknown): number {
  return placeOf(source, node).line ?? 1;
}

function wrong(source: Source, node: unknown, cause: string, hint: string): ExpectedFailure {
  const place = placeOf(source, node);
  const details = codeFrame(source.text, place.line ?? 1, place.column ?? 1);
  return new ExpectedFailure({ kind: 'configuration', cause, hint, place, details });
}
