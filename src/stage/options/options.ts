import { statSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { isMap, LineCounter, parseDocument } from 'yaml';
import { joinPath } from '../../dvc/paths.ts';
import type { Stage } from '../../dvc/pipeline.ts';
import { ExpectedFailure, type Place } from '../../errors.ts';
import { readWhole } from '../../system/read-whole.ts';
import { closest } from '../../text/closest.ts';
import { asWritten, parseBytes, parseDuration } from '../../text/parse-amount.ts';

export type StageNetwork = 'none' | 'tracking' | 'internet';

/** A variable that a stage declares; an optional one (`NAME?` in dvc.yaml) may be unset. */
export interface EnvDeclaration {
  readonly name: string;
  readonly optional: boolean;
}

/** What `meta.sibling` of a stage in dvc.yaml says, with defaults filled in. */
export interface StageOptions {
  /** A folder with a Dockerfile, relative to the project root, or a reference with a digest: see placedImage. */
  readonly image: string;
  readonly network: StageNetwork;
  readonly env: readonly EnvDeclaration[];
  /** Bytes; undefined leaves the choice to the launcher. */
  readonly memory?: number;
  readonly cpus?: number;
  /** Milliseconds. */
  readonly timeout?: number;
  /** Whether the stage may run while the tracking server is down. */
  readonly tracking: 'required' | 'optional';
  /** Gates on metrics, checked where they are used. */
  readonly metrics: unknown;
  /** Registers the model that the stage made, where the stage itself did not run. */
  readonly register?: readonly string[];
}

/** An engine takes 0.01 for the least; less would be rounded to 0, which means no limit to it. */
const fewestCpus = 0.01;
const mostCpus = 100_000;

/** Docker takes no less; 0 means no limit to it. */
const leastMemory = 6 * 1024 ** 2;

type Reader = (value: unknown) => Partial<StageOptions> | string;

/** Each key of `meta.sibling`: gives the option, or says in words what it should have been. */
const readers: Readonly<Record<string, Reader>> = {
  image: (value) =>
    typeof value === 'string' && value !== ''
      ? { image: value }
      : 'a folder with a Dockerfile, or an image reference with a digest',
  network: (value) =>
    value === 'none' || value === 'tracking' || value === 'internet'
      ? { network: value }
      : 'none, tracking or internet',
  env: (value) => {
    const expected = 'a list of variable names such as [MLFLOW_TRACKING_URI, HTTP_PROXY?]';
    if (!Array.isArray(value)) return expected;
    const names = value.map((name) => /^([A-Za-z_]\w*)(\?)?$/.exec(asWritten(name)));
    if (names.some((match) => match === null)) return expected;
    return {
      env: names.flatMap((match) =>
        match?.[1] ? [{ name: match[1], optional: match[2] === '?' }] : [],
      ),
    };
  },
  memory: (value) => {
    const memory = parseBytes(value);
    return memory === undefined || memory < leastMemory
      ? 'a size such as 512m or 2g, which is at least 6m and less than 8192t'
      : { memory };
  },
  cpus: (value) =>
    typeof value === 'number' && value >= fewestCpus && value <= mostCpus
      ? { cpus: value }
      : `a number of cores such as 2 or 0.5, from ${fewestCpus} to ${mostCpus}`,
  timeout: (value) => {
    const timeout = parseDuration(value);
    return timeout === undefined
      ? 'a duration such as 90s, 10m or 2h, which is at least 1ms and at most ten years'
      : { timeout };
  },
  tracking: (value) =>
    value === 'required' || value === 'optional' ? { tracking: value } : 'required or optional',
  metrics: (value) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? { metrics: value }
      : 'a map from metric names to gates',
  register: (value) =>
    Array.isArray(value) && value.length > 0 && value.every((word) => typeof word === 'string')
      ? { register: value }
      : 'a command as a list such as [python, /app/train.py, --register]',
};

/**
 * Reads a stage's `meta.sibling`. Throws 'configuration' for an unknown key, with the nearest valid
 * one, and for a value of the wrong shape; `dvcYaml` is the text of the stage's file, for the line.
 */
export function readStageOptions(stage: Stage, dvcYaml: string): StageOptions {
  const defaults: StageOptions = {
    image: defaultImage(stage),
    network: 'none',
    env: [],
    tracking: 'required',
    metrics: {},
  };
  const meta = (stage.meta as { sibling?: unknown } | null | undefined)?.sibling;
  if (meta === undefined || meta === null) return defaults;
  if (typeof meta !== 'object' || Array.isArray(meta)) {
    throw misdeclared(stage, dvcYaml, [], 'meta.sibling is not a map', knownKeys());
  }
  let options = defaults;
  for (const [key, value] of Object.entries(meta)) {
    const reader = Object.hasOwn(readers, key) ? readers[key] : undefined;
    if (!reader) {
      const guess = closest(key, Object.keys(readers));
      const hint = guess ? `Did you mean ${guess}?` : knownKeys();
      throw misdeclared(stage, dvcYaml, [key], `unknown key meta.sibling.${key}`, hint);
    }
    const read = reader(value);
    if (typeof read === 'string') {
      const cause = `meta.sibling.${key} is ${shown(value)}`;
      throw misdeclared(stage, dvcYaml, [key], cause, `It takes ${read}.`);
    }
    options = { ...options, ...read };
  }
  return options;
}

/** JSON, but for numbers that it has no words for (`.inf`, `.nan`). */
function shown(value: unknown): string {
  return typeof value === 'number' || typeof value === 'bigint'
    ? String(value)
    : (JSON.stringify(value) ?? String(value));
}

/** A stage with what its `meta.sibling` says. */
export interface ConfiguredStage {
  readonly stage: Stage;
  readonly options: StageOptions;
}

/** Reads `meta.sibling` of each stage. Throws 'configuration' at the first that is wrong. */
export function configureStages(root: string, stages: readonly Stage[]): ConfiguredStage[] {
  const texts = new Map<string, string>();
  return stages.map((stage) => {
    const text = texts.get(stage.file) ?? readWhole(join(root, stage.file)).toString('utf8');
    texts.set(stage.file, text);
    const options = readStageOptions(stage, text);
    return { stage, options: { ...options, image: placedImage(root, stage, text, options.image) } };
  });
}

/**
 * An image as read, a folder relative to the project root: dvc.yaml names it from its own folder. What
 * is no folder but has a tag or a digest is a reference. Throws 'configuration' for a folder that is
 * there from the root only.
 */
function placedImage(root: string, stage: Stage, dvcYaml: string, image: string): string {
  if (declaredImage(stage) === undefined) return image;
  const path = joinPath(dirname(stage.file), image);
  if (isFolder(join(root, path))) return path;
  if (/[@:]/.test(image)) return image;
  if (stage.file.includes('/') && isFolder(join(root, image))) {
    const cause = `there is no folder ${path} for meta.sibling.image: ${image}`;
    const right = posix.relative(dirname(stage.file), joinPath(image));
    const hint = `The path counts from the folder of ${stage.file}: write image: ${right}.`;
    throw misdeclared(stage, dvcYaml, ['image'], cause, hint);
  }
  return path;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** The image that a stage names, or has by default, as a path from the root; not checked. */
export function imageName(stage: Pick<Stage, 'name' | 'file' | 'meta'>): string {
  const image = declaredImage(stage);
  return image === undefined ? defaultImage(stage) : joinPath(dirname(stage.file), image);
}

function declaredImage(stage: Pick<Stage, 'meta'>): string | undefined {
  const meta = stage.meta as { sibling?: { image?: unknown } | null } | null | undefined;
  const image = meta?.sibling?.image;
  return typeof image === 'string' ? image : undefined;
}

/** `stages/train` for the stages `train` and `train@a`, next to the dvc.yaml that declares them. */
function defaultImage(stage: Pick<Stage, 'name' | 'file'>): string {
  const folder = stage.file.includes('/') ? stage.file.replace(/[^/]*$/, '') : '';
  return `${folder}stages/${stage.name.replace(/@.*$/, '')}`;
}

function knownKeys(): string {
  return `The keys of meta.sibling are ${Object.keys(readers).join(', ')}.`;
}

function misdeclared(
  stage: Stage,
  dvcYaml: string,
  path: readonly string[],
  cause: string,
  hint: string,
): ExpectedFailure {
  return new ExpectedFailure({
    kind: 'configuration',
    cause: `stage ${stage.name}: ${cause}`,
    hint,
    place: placeOf(stage, dvcYaml, path),
  });
}

function placeOf(stage: Stage, dvcYaml: string, path: readonly string[]): Place {
  const counter = new LineCounter();
  const document = parseDocument(dvcYaml, { lineCounter: counter });
  const base = ['stages', stage.name.replace(/@.*$/, '')];
  const parent = [
    [...base, 'meta', 'sibling'],
    [...base, 'do', 'meta', 'sibling'],
  ]
    .map((steps) => document.getIn([...steps, ...path.slice(0, -1)], true))
    .find(isMap);
  const pair = parent?.items.find(
    (item) => (item.key as { value?: unknown } | null)?.value === path.at(-1),
  );
  const offset = (pair?.key as { range?: [number, number, number] } | undefined)?.range?.[0];
  if (offset === undefined) return { file: stage.file, line: stage.line };
  const { line, col } = counter.linePos(offset);
  return { file: stage.file, line, column: col };
}
