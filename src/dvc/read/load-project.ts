import type { Dirent } from 'node:fs';
import { join } from 'node:path';
import { ExpectedFailure } from '../../errors.ts';
import { NotUnderstood } from '../../text/not-understood.ts';
import { type DvcConfig, readDvcConfig, standardConfig } from '../config/dvc-config.ts';
import { FolderListings } from '../hash/folder-listings.ts';
import { statOf } from '../hash/walk-folder.ts';
import { DvcIgnore } from '../ignore/dvc-ignore.ts';
import { GitIgnore } from '../ignore/git-ignore.ts';
import { withListedMetrics } from '../metric-paths.ts';
import { isInProject } from '../paths.ts';
import type { DataSource, Handover, Pipeline, Stage, TopLevel } from '../pipeline.ts';
import { entryOf } from '../yaml/node.ts';
import { parseSource, readText } from '../yaml/source.ts';
import { Budget } from './budget.ts';
import { buildStage } from './build-stage.ts';
import { readDataSource } from './data-source.ts';
import { expandStage, type ResolvedStage, type ResolveScope } from './expand-stages.ts';
import { buildGraph } from './graph.ts';
import { type Origin, wrongInStage } from './stage-origin.ts';
import { checkedStages } from './stage-schema.ts';
import { readTopLevel } from './top-level.ts';
import { addDefaultParams, addVars } from './vars-context.ts';

/** A project as read, with what the answer of `readPipeline` leaves out. */
export interface Project {
  readonly pipeline: Pipeline;
  /** By stage address. */
  readonly origins: ReadonlyMap<string, Origin>;
  readonly config: DvcConfig;
  readonly dvcIgnore: DvcIgnore;
  /** What DVC reads to know the pipeline, relative to the root or absolute. */
  readonly files: readonly string[];
}

/**
 * Reads every dvc.yaml and `.dvc` file of the project in `root` and links them. Throws
 * 'configuration' for what DVC would refuse on reading.
 */
export function loadProject(
  root: string,
  env: NodeJS.ProcessEnv = process.env,
  listings: FolderListings = new FolderListings(),
): Project {
  const { config, doubts } = configOrDoubts(root, env);
  const files = new FileCollector(root, config, listings, env);
  files.collect('');
  const { sources, topLevel, origins, dvcIgnore } = files;
  const stages = withListedMetrics(files.stages, topLevel);
  const handovers = [...doubts, ...files.handovers];
  const read = [...files.read];
  const graph = buildGraph(stages, sources);
  return {
    pipeline: { root, ...graph, sources, topLevel, handovers },
    origins,
    config,
    dvcIgnore,
    files: read,
  };
}

/** DVC's configuration; the stages are worth showing even where the configuration leaves what they mean to DVC. */
export function configOrDoubts(
  root: string,
  env: NodeJS.ProcessEnv,
): { config: DvcConfig; doubts: readonly Handover[] } {
  try {
    return { config: readDvcConfig(root, env), doubts: [] };
  } catch (error) {
    if (!(error instanceof NotUnderstood)) throw error;
    return {
      config: standardConfig(root),
      doubts: [{ construct: error.construct, place: error.place ?? { file: '.dvc/config' } }],
    };
  }
}

/** Walks a project as DVC does (dvc/repo/index.py, collect_files): not into outs, not where ignored. */
class FileCollector {
  readonly stages: Stage[] = [];
  readonly sources: DataSource[] = [];
  readonly topLevel: TopLevel[] = [];
  readonly handovers: Handover[] = [];
  readonly origins = new Map<string, Origin>();
  readonly read = new Set<string>();
  readonly dvcIgnore: DvcIgnore;
  private readonly root: string;
  private readonly config: DvcConfig;
  private readonly listings: FolderListings;
  private readonly gitIgnore: GitIgnore | undefined;
  private readonly outs = new Set<string>();
  private readonly budget = new Budget();

  constructor(root: string, config: DvcConfig, listings: FolderListings, env: NodeJS.ProcessEnv) {
    this.root = root;
    this.config = config;
    this.listings = listings;
    this.dvcIgnore = new DvcIgnore(root);
    this.gitIgnore = config.noScm ? undefined : new GitIgnore(root, env);
  }

  /** `folder` is relative to the root, `''` for the root itself. */
  collect(folder: string): void {
    this.understand(folder, () => this.collectEntries(folder));
  }

  private collectEntries(folder: string): void {
    const entries = this.list(folder);
    for (const entry of entries) {
      const { name } = entry;
      if ((name !== 'dvc.yaml' && !name.endsWith('.dvc')) || entry.isDirectory()) continue;
      const path = folder === '' ? name : `${folder}/${name}`;
      // A link to a folder is a folder, and DVC's walk does not follow it.
      if (entry.isSymbolicLink() && statOf(join(this.root, path))?.isDirectory()) continue;
      if (this.dvcIgnore.ignores(folder, name, false) || this.gitIgnore?.ignores(path, false)) {
        continue;
      }
      this.read.add(path);
      this.understand(
        path,
        () => {
          if (name === 'dvc.yaml') {
            this.requireSeenLock(folder);
            this.readPipelineFile(path, folder === '' ? '.' : folder);
          } else this.addSource(readDataSource(this.root, path));
        },
        name === 'dvc.yaml',
      );
    }
    // All before the first is entered, as DVC does: an out that is declared in one hides no other.
    const below = entries
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => ({ name, path: folder === '' ? name : `${folder}/${name}` }))
      .filter(
        ({ name, path }) =>
          !this.outs.has(path) &&
          !this.dvcIgnore.ignores(folder, name, true) &&
          !this.gitIgnore?.ignores(path, true),
      );
    for (const { path } of below) this.collect(path);
  }

  private list(folder: string): readonly Dirent[] {
    try {
      return this.listings.list(folder === '' ? this.root : `${this.root}/${folder}`);
    } catch {
      // DVC's walk passes over a folder that it cannot list.
      return [];
    }
  }

  /** DVC refuses a dvc.lock that Git ignores, there or not, and passes over one in .dvcignore. */
  private requireSeenLock(folder: string): void {
    const file = folder === '' ? 'dvc.lock' : `${folder}/dvc.lock`;
    if (this.gitIgnore?.ignores(file, false)) {
      throw new ExpectedFailure({
        kind: 'configuration',
        cause: `${file} is ignored by .gitignore, which DVC refuses`,
        hint: 'Take it out of .gitignore: it belongs beside dvc.yaml in every commit.',
        place: { file },
      });
    }
    if (this.dvcIgnore.ignores(folder, 'dvc.lock', false)) {
      throw new NotUnderstood(`${file}, which .dvcignore names`);
    }
  }

  private readPipelineFile(file: string, folder: string): void {
    const text = readText(this.root, file, 'Make it readable.');
    const source = parseSource(file, text);
    const stages = checkedStages(source);
    const vars = entryOf(source.tree, 'vars');
    const defaults = addDefaultParams(this.root, folder);
    const context = vars ? addVars(defaults, this.root, folder, source, vars.value) : defaults;
    for (const path of context.imports.keys()) this.read.add(path);
    const { root, config, budget } = this;
    const { parsing } = config;
    const scope: ResolveScope = { root, folder, source, context, parsing, budget };
    for (const entry of stages?.entries ?? []) {
      this.understand(
        file,
        () => {
          for (const resolved of expandStage(scope, entry)) this.addStage(scope, resolved);
        },
        true,
      );
    }
    this.understand(file, () => this.topLevel.push(readTopLevel(scope)));
    if (entryOf(source.tree, 'datasets')) {
      this.handovers.push({ construct: 'the section datasets', place: { file }, file });
    }
  }

  private addStage(scope: ResolveScope, resolved: ResolvedStage): void {
    const stage = buildStage(scope, resolved);
    this.checkPaths(stage, { source: scope.source, resolved });
    for (const path of resolved.varsFiles) this.read.add(path);
    for (const { path } of stage.params) this.read.add(path);
    this.stages.push(stage);
    this.origins.set(stage.address, { source: scope.source, resolved });
    for (const { path } of stage.outs) this.outs.add(path);
  }

  /** DVC refuses its own files as deps and outs, and outs that it could not see. */
  private checkPaths({ name, deps, outs }: Stage, origin: Origin): void {
    for (const path of [...deps, ...outs.map((out) => out.path)]) {
      if (!/\.dvc$|(?:^|\/)dvc\.yaml$/.test(path)) continue;
      const cause = `stage ${name} has ${path}, a file of DVC's own, as a dep or out`;
      throw wrongInStage(origin, path, cause, 'Name the data instead.');
    }
    for (const { path } of outs) {
      if (!isInProject(path) || !this.isIgnored(path)) continue;
      const cause = `the out ${path} of stage ${name} is ignored by .dvcignore`;
      throw wrongInStage(origin, path, cause, 'Give it another path, or change .dvcignore.');
    }
  }

  private isIgnored(path: string): boolean {
    const stats = statOf(join(this.root, path));
    const asFile = stats?.isDirectory() !== true && this.dvcIgnore.ignoresPath(path, false);
    return asFile || (stats?.isFile() !== true && this.dvcIgnore.ignoresPath(path, true));
  }

  private addSource(source: DataSource): void {
    for (const { path } of source.outs) {
      if (!isInProject(path) || !this.isIgnored(path)) continue;
      throw new ExpectedFailure({
        kind: 'configuration',
        cause: `${path}, the data of ${source.file}, is ignored by .dvcignore`,
        hint: 'Change .dvcignore, or remove the file.',
        place: { file: source.file },
      });
    }
    this.sources.push(source);
    for (const { path } of source.outs) this.outs.add(path);
  }

  private understand(file: string, read: () => void, hidesStages = false): void {
    try {
      read();
    } catch (error) {
      if (!(error instanceof NotUnderstood)) throw error;
      this.handovers.push({
        construct: error.construct,
        place: error.place ?? { file },
        file,
        hidesStages,
      });
    }
  }
}
