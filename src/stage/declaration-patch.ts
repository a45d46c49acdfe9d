import { existsSync } from 'node:fs';
import { isAbsolute, join, posix, relative } from 'node:path';
import { baseEnvironment } from '../container/sandbox.ts';
import { parseValues } from '../dvc/params/file.ts';
import type { Stage } from '../dvc/pipeline.ts';
import { toPlain } from '../dvc/value.ts';
import { workRoot } from '../outside/stage-place.ts';
import { contains } from '../system/contains.ts';
import { readWhole } from '../system/read-whole.ts';
import { yamlPath } from '../text/yaml-path.ts';
import { leafKeys } from './params-copy/leaf-keys.ts';

/** What a failed stage's log suggests that its declaration lacks. */
export interface MissingDeclaration {
  readonly deps: readonly string[];
  /** `file: keys`. */
  readonly params: ReadonlyMap<string, readonly string[]>;
  readonly env: readonly string[];
}

/** Variables that nearly every shell has, and that mean nothing inside another container. */
const ofThisShell = ['PATH', 'PWD', 'OLDPWD', 'SHELL', 'SHLVL', 'TERM', 'LANG', 'HOSTNAME'];

/**
 * Looks in a failed stage's log for names of files, parameters and variables that exist but that
 * the stage does not declare: it could not see them, and that is likely why it failed.
 */
export function missingDeclarations(
  root: string,
  stage: Stage,
  log: readonly string[],
  env: NodeJS.ProcessEnv,
  declaredEnv: readonly string[],
): MissingDeclaration {
  const quoted = new Set(log.flatMap(quotedIn));
  const words = new Set([...quoted, ...log.flatMap(wordsOf)]);
  return {
    deps: undeclaredPaths(root, stage, words),
    params: undeclaredParams(root, stage, words, quoted),
    env: [...words].filter(
      (word) =>
        /^[A-Z][A-Z0-9_]{2,}$/.test(word) &&
        env[word] !== undefined &&
        !declaredEnv.includes(word) &&
        !(word in baseEnvironment) &&
        !ofThisShell.includes(word),
    ),
  };
}

function quotedIn(line: string): string[] {
  return [...line.matchAll(/'([^']+)'|"([^"]+)"|`([^`]+)`/g)].map(
    (match) => match[1] ?? match[2] ?? match[3] ?? '',
  );
}

/** Runs of characters that paths and keys are made of. */
function wordsOf(line: string): string[] {
  const bare = line.match(/[\p{L}\p{N}_./@+-]+/gu) ?? [];
  return bare.map((word) => word.replace(/[.:,]+$/, ''));
}

function undeclaredPaths(root: string, stage: Stage, words: ReadonlySet<string>): string[] {
  const declared = [
    ...stage.deps,
    ...stage.outs.map((out) => out.path),
    ...stage.params.map((params) => params.path),
  ];
  const found = new Set<string>();
  for (const word of words) {
    const path = workspacePath(stage, word);
    if (path === undefined || path === '' || isPrivate(path)) continue;
    if (declared.some((other) => contains(other, path) || contains(path, other))) continue;
    if (existsSync(join(root, path))) found.add(path);
  }
  return [...found].sort();
}

/** What no stage is advised to depend on: secrets, and what DVC, Git and Sibling keep for themselves. */
function isPrivate(path: string): boolean {
  return /^(\.env|\.git|\.dvc|\.sibling)|(^|\/)dvc\.(yaml|lock)$/.test(path);
}

/** The project path that a path in a container's log means; undefined outside the project. */
function workspacePath(stage: Stage, word: string): string | undefined {
  const absolute = isAbsolute(word) ? word : posix.join(workRoot, stage.wdir, word);
  if (!contains(workRoot, absolute)) return undefined;
  return relative(workRoot, posix.normalize(absolute)).replace(/\/$/, '');
}

function undeclaredParams(
  root: string,
  stage: Stage,
  words: ReadonlySet<string>,
  quoted: ReadonlySet<string>,
): Map<string, string[]> {
  const files = new Set(['params.yaml', ...stage.params.map((params) => params.path)]);
  const found = new Map<string, string[]>();
  for (const file of files) {
    const declared = stage.params.filter((params) => params.path === file);
    if (declared.some((params) => params.keys.length === 0)) continue;
    const keys = declared.flatMap((params) => params.keys);
    const missing = keysOf(join(root, file)).filter((key) => {
      const last = key.slice(key.lastIndexOf('.') + 1);
      const isDeclared = keys.some((other) => key === other || key.startsWith(`${other}.`));
      // A KeyError has the last part alone, in quotes; without them `url` is any word.
      return !isDeclared && (words.has(key) || quoted.has(last));
    });
    if (missing.length > 0) found.set(file, missing);
  }
  return found;
}

function keysOf(path: string): string[] {
  if (!existsSync(path)) return [];
  try {
    return leafKeys(toPlain(parseValues(path, readWhole(path).toString('utf8'))));
  } catch {
    return []; // a broken params file is reported where it is read, not in a suggestion
  }
}

/** The lines to add to dvc.yaml, as an indented patch; empty when nothing is missing. */
export function declarationPatch(stage: Stage, missing: MissingDeclaration): string[] {
  const lines: string[] = [];
  if (missing.deps.length > 0) {
    lines.push(
      '    deps:',
      ...missing.deps.map((path) => `    - ${yamlPath(relative(stage.wdir, path))}`),
    );
  }
  if (missing.params.size > 0) {
    lines.push('    params:');
    for (const [file, keys] of missing.params) {
      const path = relative(stage.wdir, file);
      if (path === 'params.yaml') lines.push(...keys.map((key) => `    - ${key}`));
      else lines.push(`    - ${yamlPath(path)}:`, ...keys.map((key) => `      - ${key}`));
    }
  }
  if (missing.env.length > 0) {
    lines.push('    meta:', '      sibling:', `        env: [${missing.env.join(', ')}]`);
  }
  if (lines.length === 0) return [];
  return [
    `Its log names what exists but is not declared. If it needs that, add to stage ${stage.name} in ${stage.file}:`,
    ...lines,
  ];
}
