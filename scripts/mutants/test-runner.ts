import { register } from 'node:module';
import { basename, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type CollectedTest, collect, type Suite } from './test-globals.ts';

/**
 * A plugin of Stryker's that runs jest's tests in its own process: a mutant takes milliseconds, where
 * jest takes a second. Our own modules are loaded anew for each; what packages and the process keep
 * stays, so it is for tests that change neither.
 */

/** What the code with mutants in it and this runner share, as a global (Stryker's instrumenter). */
interface Shared {
  activeMutant?: string | undefined;
  currentTestId?: string | undefined;
  mutantCoverage?: unknown;
  hitCount?: number | undefined;
  hitLimit?: number | undefined;
}

interface MutantRun {
  readonly activeMutant: { readonly id: string };
  readonly mutantActivation: 'runtime' | 'static';
  readonly testFilter?: readonly string[];
  readonly hitLimit?: number;
}

interface Outcome {
  readonly id: string;
  readonly milliseconds: number;
  readonly file: string;
  /** Undefined for a test that passed. */
  readonly failure?: string;
}

const globals = globalThis as { __stryker__?: Shared };
globals.__stryker__ ??= {};
const shared = globals.__stryker__;

class InProcessRunner {
  static readonly inject = ['options'] as const;
  private readonly tests: readonly string[];
  private loads = 0;

  constructor(options: { readonly inProcess: { readonly tests: readonly string[] } }) {
    this.tests = options.inProcess.tests;
  }

  capabilities() {
    return { reloadEnvironment: true };
  }

  init(): void {
    const url = JSON.stringify(new URL('./test-globals.js', import.meta.url).href);
    // A module that is asked for with a number asks for its own modules with the same.
    const hooks = `export async function resolve(name, context, next) {
      if (name === '@jest/globals') return { url: ${url}, shortCircuit: true };
      const found = await next(name, context);
      const [load] = /[?]load=\\d+$/.exec(context.parentURL ?? '') ?? [];
      const isOurs = /^file:(?!.*[/]node_modules[/]).*[.]js$/.test(found.url);
      return load && isOurs ? { ...found, url: found.url + load } : found;
    }`;
    register(`data:text/javascript,${encodeURIComponent(hooks)}`);
  }

  async dryRun() {
    try {
      const outcomes = await run(await this.load(undefined), undefined, false);
      const tests = outcomes.map(({ id, milliseconds, file, failure }) => ({
        ...{ id, name: id, timeSpentMs: milliseconds, fileName: file },
        ...(failure === undefined ? { status: 0 } : { status: 1, failureMessage: failure }),
      }));
      return { status: 'complete', tests, mutantCoverage: shared.mutantCoverage };
    } catch (error) {
      return { status: 'error', errorMessage: String((error as Error).stack ?? error) };
    }
  }

  async mutantRun({ activeMutant, mutantActivation, testFilter, hitLimit }: MutantRun) {
    const wanted = testFilter && new Set(testFilter);
    shared.hitCount = undefined;
    shared.activeMutant = undefined;
    if (mutantActivation === 'static') shared.activeMutant = activeMutant.id;
    let loaded: readonly LoadedFile[];
    try {
      loaded = await this.load(wanted);
    } catch (error) {
      // What cannot even be loaded is noticed by every test.
      return killed(['load'], String(error), 1);
    }
    shared.activeMutant = activeMutant.id;
    shared.hitCount = hitLimit === undefined ? undefined : 0;
    shared.hitLimit = hitLimit;
    const outcomes = await run(loaded, wanted, true);
    shared.activeMutant = undefined;
    if (hitLimit !== undefined && (shared.hitCount ?? 0) > hitLimit) return { status: 'timeout' };
    const failed = outcomes.find(({ failure }) => failure !== undefined);
    if (failed) return killed([failed.id], failed.failure ?? '', outcomes.length);
    return { status: 'survived', nrOfTests: outcomes.length };
  }

  /** The files anew, or those alone that hold tests which are wanted. */
  private async load(wanted: ReadonlySet<string> | undefined): Promise<readonly LoadedFile[]> {
    const loaded: LoadedFile[] = [];
    for (const [at, file] of this.tests.entries()) {
      const name = `${at} ${basename(file)}`;
      if (wanted && ![...wanted].some((id) => id.startsWith(`${name} › `))) continue;
      const url = `${pathToFileURL(resolve(file)).href}?load=${this.loads++}`;
      loaded.push({ file: resolve(file), suite: await collect(name, () => import(url)) });
    }
    return loaded;
  }
}

interface LoadedFile {
  readonly file: string;
  readonly suite: Suite;
}

async function run(
  loaded: readonly LoadedFile[],
  wanted: ReadonlySet<string> | undefined,
  isBailing: boolean,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const { file, suite } of loaded) {
    await runSuite(suite, { file, wanted, isBailing, outcomes, outer: [] });
  }
  return outcomes;
}

interface Run {
  readonly file: string;
  readonly wanted: ReadonlySet<string> | undefined;
  readonly isBailing: boolean;
  readonly outcomes: Outcome[];
  /** The suites around the one that runs. */
  readonly outer: readonly Suite[];
}

async function runSuite(suite: Suite, run: Run): Promise<void> {
  if (!holdsWanted(suite, run.wanted)) return;
  const around = [...run.outer, suite];
  for (const hook of suite.hooks.beforeAll) await hook();
  try {
    for (const part of suite.parts) {
      if (run.isBailing && run.outcomes.at(-1)?.failure !== undefined) return;
      if ('parts' in part) await runSuite(part, { ...run, outer: around });
      else if (run.wanted?.has(part.id) ?? true)
        run.outcomes.push(await runTest(part, around, run.file));
    }
  } finally {
    for (const hook of suite.hooks.afterAll) await hook();
  }
}

function holdsWanted(part: Suite | CollectedTest, wanted: Run['wanted']): boolean {
  if (wanted === undefined) return true;
  return 'parts' in part ? part.parts.some((one) => holdsWanted(one, wanted)) : wanted.has(part.id);
}

async function runTest(
  { id, body }: CollectedTest,
  around: readonly Suite[],
  file: string,
): Promise<Outcome> {
  shared.currentTestId = id;
  const began = performance.now();
  const failures: unknown[] = [];
  const attempt = async (act: () => unknown) => {
    try {
      await act();
    } catch (error) {
      failures.push(error);
    }
  };
  for (const { hooks } of around) for (const hook of hooks.beforeEach) await attempt(hook);
  if (failures.length === 0) await attempt(body);
  for (const { hooks } of around.toReversed())
    for (const hook of hooks.afterEach) await attempt(hook);
  shared.currentTestId = undefined;
  const outcome = { id, file, milliseconds: performance.now() - began };
  const [failure] = failures;
  if (failures.length === 0) return outcome;
  return { ...outcome, failure: String((failure as Error | undefined)?.message ?? failure) };
}

function killed(killedBy: readonly string[], failureMessage: string, nrOfTests: number) {
  return { status: 'killed', killedBy, failureMessage, nrOfTests };
}

export const strykerPlugins = [
  { kind: 'TestRunner', name: 'in-process', injectableClass: InProcessRunner },
];
