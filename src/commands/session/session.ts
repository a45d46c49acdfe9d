import { relative, resolve, sep } from 'node:path';
import { createInterface } from 'node:readline/promises';
import type { Engine } from '../../container/engine.ts';
import { findProject, type Project } from '../../project/project.ts';
import { keepProjectSecrets } from '../../project/secrets.ts';
import { readEnvironment } from '../../project/settings.ts';
import { declaredIn, keepSecret, namesBeyond } from '../../secrets/known.ts';
import { colourAllowed, type Style, style } from '../../terminal/style.ts';

/** What every command works with. */
export interface Session {
  /** Absolute: the current folder, or that of -C. */
  readonly cwd: string;
  readonly verbose: boolean;
  readonly style: Style;
  readonly colour: boolean;
  /** Tells a person what is being done; on standard error where standard output is for data. */
  readonly report: (line: string) => void;
}

export interface ProjectSession extends Session {
  readonly project: Project;
  /** Where the command was called, relative to the project's root: `''` at the root itself. */
  readonly folder: string;
  /** The environment with the project's `.env` beneath it. */
  readonly env: NodeJS.ProcessEnv;
}

export function openSession(options: { directory?: string; verbose?: boolean }): Session {
  const colour = colourAllowed(process.env, process.stderr);
  const styled = style(colour);
  return {
    cwd: resolve(options.directory ?? '.'),
    verbose: options.verbose === true,
    style: styled,
    colour,
    report: (line) => process.stderr.write(`${styled.dim('·')} ${line}\n`),
  };
}

export function openProject(session: Session): ProjectSession {
  const project = findProject(session.cwd);
  keepProjectSecrets(project.root);
  // A stage's own process would say again what the run has said.
  const warn = process.env.SIBLING_RUN_ID ? () => undefined : session.report;
  const env = readEnvironment(project.root, process.env, warn);
  keepSecret(env, declaredIn(project.root, namesBeyond(env, process.env), env));
  const folder = relative(project.root, session.cwd).split(sep).join('/');
  return { ...session, project, folder, env };
}

/** The engine; where none is there at all, this machine's set-up brings one. */
export async function openEngine(session: ProjectSession): Promise<Engine> {
  // Not at the top: a command that needs no engine does not wait for this to load.
  const { connectEngine, isEngineAbsent } = await import('../../container/engine.ts');
  try {
    return await connectEngine(session.env);
  } catch (error) {
    if (!isEngineAbsent(error)) throw error;
    const { installEngine } = await import('../../container/setup/install-engine.ts');
    const terminal = process.stdin.isTTY && process.stderr.isTTY;
    return installEngine(error, {
      env: session.env,
      report: session.report,
      ...(terminal && { ask: askYes }),
    });
  }
}

/** The engine if one runs; a command that only stops and removes things installs none. */
export async function runningEngine(session: ProjectSession): Promise<Engine | undefined> {
  const { connectEngine, isEngineAbsent } = await import('../../container/engine.ts');
  try {
    return await connectEngine(session.env);
  } catch (error) {
    if (isEngineAbsent(error)) return undefined;
    throw error;
  }
}

async function askYes(question: string): Promise<boolean> {
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^(y|yes|)$/i.test((await prompt.question(`${question} [Y/n] `)).trim());
  } finally {
    prompt.close();
  }
}
