import { posix } from 'node:path';
import { NotUnderstood } from '../../text/not-understood.ts';
import { isInProject, isUrl, joinPath } from '../paths.ts';
import type { Out, OutKind, ParamsDep, Stage } from '../pipeline.ts';
import { isList, isMap, keyText, toPlain, type Value, type ValueMap } from '../value.ts';
import { entryOf, type YamlNode } from '../yaml/node.ts';
import { placeOf, wrong } from '../yaml/source.ts';
import type { ResolvedStage, ResolveScope } from './expand-stages.ts';

/**
 * The stage that a resolved entry of a dvc.yaml declares. Throws 'configuration' for params of
 * the wrong shape.
 */
export function buildStage(scope: ResolveScope, resolved: ResolvedStage): Stage {
  const { source, folder } = scope;
  const { name, key, values } = resolved;
  const { line } = placeOf(source, key);
  const wdir = joinPath(folder, textOf(values.get('wdir')) ?? '');
  const written = new Map<string, string>();
  const inRoot = (path: string) => {
    const joined = isUrl(path) ? path : joinPath(wdir, path);
    written.set(joined, path);
    return joined;
  };
  const cmd = commandLines(values.get('cmd'));
  const writtenCmd = textsIn(entryOf(resolved.definition, 'cmd')?.value);
  const hasReferences = writtenCmd.join('\0') !== cmd.join('\0');
  const desc = textOf(values.get('desc'));
  const outs = [
    ...readOuts(values.get('outs'), 'out', inRoot),
    ...readOuts(values.get('metrics'), 'metric', inRoot),
    ...readOuts(values.get('plots'), 'plot', inRoot),
  ];
  const deps = textsOf(values.get('deps')).map(inRoot);
  const params = readParams(scope, resolved, inRoot);
  return {
    address: source.file === 'dvc.yaml' ? name : `${source.file}:${name}`,
    name,
    file: source.file,
    line,
    cmd,
    isCmdList: isList(values.get('cmd')),
    ...(hasReferences && { writtenCmd }),
    wdir,
    deps,
    params,
    outs,
    frozen: values.get('frozen') === true,
    alwaysChanged: values.get('always_changed') === true,
    ...(desc !== undefined && { desc }),
    written,
    meta: toPlain(values.get('meta') ?? null),
    notUnderstood: [
      ...outside([wdir, ...outs.map((out) => out.path)]),
      ...[...deps, ...params.map((dep) => dep.path)].flatMap((path) => oddDep(scope.root, path)),
    ],
  };
}

function outside(paths: readonly string[]): string[] {
  return paths
    .filter((path) => !isInProject(path))
    .map((path) =>
      isUrl(path) ? `the remote path ${path}` : `the path ${path} outside the project`,
    );
}

/** An address, or the project itself by a way that leads out of it: what of it is an out, DVC tells. */
function oddDep(root: string, path: string): string[] {
  if (isUrl(path)) return outside([path]);
  const leadsBack =
    !isInProject(path) && isInProject(posix.relative(root, posix.resolve(root, path)));
  return leadsBack ? [`the path ${path} that leads back into the project`] : [];
}

function textOf(value: Value | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function textsOf(value: Value | undefined): string[] {
  if (value === undefined || value === null) return [];
  const items = isList(value) ? value : [value];
  return items.map((item) => {
    if (typeof item === 'string') return item;
    throw new NotUnderstood(`${keyText(item)} as a path`);
  });
}

function commandLines(value: Value | undefined): string[] {
  return (isList(value) ? value : [value ?? '']).map((line) => {
    if (typeof line === 'string') return line;
    throw new NotUnderstood(`${keyText(line)} as a cmd`);
  });
}

/** The texts of a scalar or of a list, as the file has them. */
function textsIn(node: YamlNode | undefined): string[] {
  if (node === undefined || node.kind === 'map') return [];
  return (node.kind === 'list' ? node.items : [node]).flatMap((each) =>
    each.kind === 'scalar' && typeof each.value === 'string' ? [each.value] : [],
  );
}

/** Entries of one path are one out; the later flags override the earlier (dvc/output.py). */
function readOuts(
  value: Value | undefined,
  kind: OutKind,
  inRoot: (path: string) => string,
): Out[] {
  const flags = new Map<string, ValueMap>();
  for (const entry of isList(value) ? value : []) {
    const pairs: [Value, Value][] = isMap(entry) ? [...entry] : [[entry, new Map()]];
    for (const [path, options] of pairs) {
      if (typeof path !== 'string' || !isMap(options)) {
        throw new NotUnderstood(`the options of ${keyText(path)}`);
      }
      flags.set(path, new Map([...(flags.get(path) ?? []), ...options]));
    }
  }
  return [...flags].map(([path, options]) => {
    const remote = textOf(options.get('remote'));
    const plot = [...options].filter(([name]) => plotOptions.has(keyText(name)));
    return {
      path: inRoot(path),
      kind,
      cache: options.get('cache') !== false,
      persist: options.get('persist') === true,
      push: options.get('push') !== false,
      ...(remote !== undefined && { remote }),
      ...(plot.length > 0 && {
        plotOptions: toPlain(new Map(plot)) as Readonly<Record<string, unknown>>,
      }),
    };
  });
}

const plotOptions = new Set(['template', 'x', 'y', 'x_label', 'y_label', 'title', 'header']);

/**
 * Params are keys of params.yaml, or `{file: [keys]}`, or `{file: null}` for a whole file, which
 * then overrides its keys (dvc/dependency/__init__.py, _merge_params).
 */
function readParams(
  scope: ResolveScope,
  resolved: ResolvedStage,
  inRoot: (path: string) => string,
): ParamsDep[] {
  const value = resolved.values.get('params');
  const entries = (isList(value) ? value : []).flatMap((entry): [string, Value][] => {
    if (typeof entry === 'string') return [['params.yaml', [entry]]];
    if (!isMap(entry)) throw new NotUnderstood(`${keyText(entry)} as a param`);
    return [...entry].map(([file, keys]) => [keyText(file), keys]);
  });
  const whole = new Set(entries.filter(([, keys]) => isEmpty(keys)).map(([file]) => file));
  const files = new Map<string, string[]>();
  for (const [file, keys] of entries) {
    if (!whole.has(file) && !isList(keys)) {
      const node = entryOf(resolved.definition, 'params')?.value ?? resolved.key;
      const hint = `Write the keys of ${file} as a list.`;
      throw wrong(scope.source, node, `the params of ${file} are not a list`, hint);
    }
    const added = whole.has(file) ? [] : textsOf(keys);
    files.set(file, [...(files.get(file) ?? []), ...added]);
  }
  return [...files].map(([file, keys]) => ({ path: inRoot(file), keys }));
}

function isEmpty(value: Value): boolean {
  return (
    value === null || (isList(value) && value.length === 0) || (isMap(value) && value.size === 0)
  );
}
