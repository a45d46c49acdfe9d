import type { Command } from 'commander';
import pLimit from 'p-limit';
import { readPipelineWithPython } from '../dvc/read/pipeline.ts';
import { ExpectedFailure } from '../errors.ts';
import { gateOf } from '../metrics/gates.ts';
import type { Value } from '../metrics/value.ts';
import { valueText } from '../metrics/value-text.ts';
import { findModel, listVersions, type ModelVersion } from '../mlflow/registry.ts';
import { modelHashTag } from '../promotion/candidate.ts';
import { lockedStages } from '../promotion/locked-stages.ts';
import { type LockedOut, modelOuts } from '../promotion/model-out.ts';
import { versionMetrics } from '../promotion/version-metrics.ts';
import { stageGates } from '../report/read/result-files.ts';
import { configureStages } from '../stage/options/options.ts';
import { untilInterrupted } from '../system/interruption.ts';
import { style } from '../terminal/style.ts';
import { table } from '../terminal/table.ts';
import { visible } from '../text/markdown-escape.ts';
import { openRegistry } from './session/mlflow-access.ts';
import { openProject, openSession, type ProjectSession } from './session/session.ts';

/** Of a server that is asked for the run of each version. */
const requestsAtOnce = 8;

/** One version as `sibling models --json` prints it. */
interface ListedVersion {
  readonly version: number;
  readonly aliases: readonly string[];
  /** ISO 8601; null where the server does not say. */
  readonly registered: string | null;
  readonly commit: string | null;
  readonly dirty: boolean;
  /** Whether dvc.lock names this very model now. */
  readonly inLock: boolean;
  readonly metrics: Readonly<Record<string, number | string>>;
}

export function addModelsCommand(program: Command): void {
  program
    .command('models')
    .summary('list the registered versions of the model')
    .description(
      'Lists the versions of the model in the registry, newest first: aliases, metrics that have a gate, the commit each was trained from.',
    )
    .argument('[model]', 'the registered model (default: the project’s name)')
    .option('-n, --limit <count>', 'how many versions to show; 0 for all', '20')
    .option('--json', 'print the list as JSON')
    .addHelpText('after', '\nExamples:\n  $ sibling models\n  $ sibling models iris --json')
    .action(
      async (
        named: string | undefined,
        options: { limit: string; json?: boolean },
        command: Command,
      ) => {
        const session = openProject(openSession(command.optsWithGlobals()));
        const most = readLimit(options.limit);
        const registry = await openRegistry(session, untilInterrupted());
        const { client } = registry;
        const model = named ?? registry.model;
        const registered = await findModel(client, model);
        const all = registered ? await listVersions(client, model) : [];
        const shown = most === 0 ? all : all.slice(0, most);
        const names = aliasNames(registered?.aliases);
        const { hashes, isGated } = await readProject(session, model);
        const limit = pLimit(requestsAtOnce);
        const versions = await Promise.all(
          shown.map(async (version) => ({
            ...describe(version, hashes),
            aliases: [...(names.get(version.number) ?? []), ...oldAlias(version, names)],
            metrics: plain((await limit(() => versionMetrics(client, version))).values, isGated),
          })),
        );
        if (options.json) {
          process.stdout.write(`${JSON.stringify({ model, versions }, null, 2)}\n`);
        } else if (versions.length === 0) {
          session.report(
            `The registry has no version of ${model}: the stage that makes it registers one, or sibling promote does`,
          );
        } else {
          process.stdout.write(`${versionTable(session, versions)}\n`);
          if (shown.length < all.length) {
            session.report(`${all.length - shown.length} older versions: sibling models -n 0`);
          }
        }
      },
    );
}

/** What the project's files say: the hashes that may be the model's, and which metrics matter. */
async function readProject(
  { project }: ProjectSession,
  model: string,
): Promise<{ hashes: ReadonlySet<string>; isGated: (key: string) => boolean }> {
  const pipeline = await readPipelineWithPython(project.root, process.env);
  const gates = configureStages(project.root, pipeline.stages).flatMap(stageGates);
  let outs: readonly LockedOut[] = [];
  try {
    outs = modelOuts(pipeline, lockedStages(pipeline), model);
  } catch (error) {
    // A list is also of use where nothing has run yet.
    if (!(error instanceof ExpectedFailure)) throw error;
  }
  return {
    hashes: new Set(outs.map(({ hash }) => hash)),
    // A name is `file:key` where two files have the key.
    isGated: (name) =>
      gates.length === 0 ||
      gates.some(({ files = [''], ...gate }) =>
        files.some(
          (file) =>
            gateOf([gate], file, name) ||
            (name.startsWith(`${file}:`) && gateOf([gate], file, name.slice(file.length + 1))),
        ),
      ),
  };
}

function describe(
  { number, created, tags }: ModelVersion,
  hashes: ReadonlySet<string>,
): Omit<ListedVersion, 'metrics' | 'aliases'> {
  const commit = tags.get('sibling.git_commit') ?? tags.get('sibling.lock_commit') ?? null;
  return {
    version: number,
    registered: created === 0 ? null : new Date(created).toISOString(),
    commit,
    dirty: tags.get('sibling.git_dirty') === 'true',
    inLock: hashes.has(tags.get(modelHashTag) ?? ''),
  };
}

/** A stage of MLflow before aliases, where nobody has set the alias of that name since. */
function oldAlias(
  { oldStage }: ModelVersion,
  names: ReadonlyMap<number, readonly string[]>,
): string[] {
  const isSet = [...names.values()].flat().includes(oldStage?.toLowerCase() ?? '');
  return oldStage === undefined || isSet ? [] : [`(stage ${oldStage})`];
}

function aliasNames(aliases: ReadonlyMap<string, number> = new Map()) {
  const names = new Map<number, string[]>();
  for (const [alias, number] of aliases) {
    names.set(number, [...(names.get(number) ?? []), alias].sort());
  }
  return names;
}

function plain(
  values: ReadonlyMap<string, Value>,
  isShown: (key: string) => boolean,
): Record<string, number | string> {
  return Object.fromEntries(
    [...values].flatMap(([key, value]) =>
      isShown(key) && (value.type === 'number' || value.type === 'non-finite')
        ? [[key, value.value]]
        : [],
    ),
  );
}

function versionTable(session: ProjectSession, versions: readonly ListedVersion[]): string {
  const styled = style(process.stdout.isTTY === true && session.colour);
  const keys = [...new Set(versions.flatMap(({ metrics }) => Object.keys(metrics)))].slice(0, 6);
  const head = ['', 'version', 'aliases', ...keys.map((key) => visible(key, 30))];
  const rows = versions.map((each) => [
    each.inLock ? styled.green('▶') : ' ',
    String(each.version),
    styled.bold(visible(each.aliases.join(', '), 60)),
    ...keys.map((key) => metricCell(each.metrics[key])),
    each.commit === null ? '-' : `${visible(each.commit.slice(0, 10))}${each.dirty ? '+' : ''}`,
    each.registered?.slice(0, 16).replace('T', ' ') ?? '-',
  ]);
  const titles = [...head, 'commit', 'registered (UTC)'].map((title) => styled.dim(title));
  const notes = [
    ...(versions.some(({ inLock }) => inLock) ? ['▶ the model in dvc.lock'] : []),
    ...(versions.some(({ dirty }) => dirty)
      ? ['+ trained with changes that were not committed']
      : []),
  ];
  const legend = notes.length > 0 ? `\n\n${styled.dim(notes.join('   '))}` : '';
  return `${table([titles, ...rows])}${legend}`;
}

function metricCell(value: number | string | undefined): string {
  if (value === undefined) return '-';
  return typeof value === 'number' ? valueText({ type: 'number', value }, String) : value;
}

function readLimit(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new ExpectedFailure({
    kind: 'usage',
    cause: `${JSON.stringify(text)} is not a number of versions`,
    hint: 'Give a whole number; 0 shows all.',
  });
}
