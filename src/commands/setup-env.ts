import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import type { Command } from 'commander';
import { hostOf, repositoryName } from '../dagshub.ts';
import { checkCredentials } from '../dagshub-api.ts';
import { ExpectedFailure } from '../errors.ts';
import { originOf } from '../git.ts';
import { installationRoot } from '../installation.ts';
import { giveTo } from '../project.ts';
import { openProject, openSession, type ProjectSession } from './session.ts';

export function addSetupEnvCommand(program: Command): void {
  program
    .command('setup-env')
    .summary('write .env: ask for the DagsHub credentials and check them')
    .description(
      'Asks for the DagsHub user, token and repository, checks them, and writes .env for its owner only. Without a terminal it writes the commented example to fill in.',
    )
    .addHelpText('after', '\nExample:\n  $ sibling setup-env')
    .action(async (_options: unknown, command: Command) => {
      const session = openProject(openSession(command.optsWithGlobals()));
      await setUp(session);
    });
}

async function setUp(session: ProjectSession): Promise<void> {
  const path = join(session.project.root, '.env');
  const example = readFileSync(join(installationRoot(), '.env.example'), 'utf8');
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    if (existsSync(path)) {
      session.report('.env is there already: left as it is');
      return;
    }
    await write(session, path, example, 'wx');
    session.report('Wrote .env from .env.example: fill in what you need');
    return;
  }
  const terminal = new Prompt();
  try {
    if (
      existsSync(path) &&
      !/^y(es)?$/i.test(await terminal.ask('.env is there already. Replace it? [y/N] '))
    ) {
      session.report('.env left as it is');
      return;
    }
    const origin = repositoryName(await originOf(session.project.root));
    const suggestion = origin ? `${origin.owner}/${origin.repo}` : '';
    const user = await terminal.ask('DagsHub user: ');
    const token = await terminal.askHidden('DagsHub token (not shown): ');
    const repo =
      (await terminal.ask(`DagsHub repository [${suggestion || 'OWNER/NAME'}]: `)) || suggestion;
    const name = repositoryName(repo);
    if (!user || !token || !name) {
      throw new ExpectedFailure({
        kind: 'credentials',
        cause: 'user, token and repository are all needed; .env was not written',
        hint: 'Run sibling setup-env again. Tokens are made at https://dagshub.com/user/settings/tokens.',
      });
    }
    const host = hostOf(session.env);
    await checkCredentials({ host, ...name, user, token });
    session.report('DagsHub accepts the credentials');
    const filled = fillIn(example, {
      DAGSHUB_USER_NAME: user,
      DAGSHUB_TOKEN: token,
      DAGSHUB_REPO: repo,
    });
    await write(session, path, filled, 'w');
    session.report('Wrote .env, readable by you only');
  } finally {
    terminal.close();
  }
}

async function write(
  session: ProjectSession,
  path: string,
  text: string,
  flag: string,
): Promise<void> {
  await writeFile(path, text, { mode: 0o600, flag });
  await giveTo(path, session.project.user);
}

/** Sets `NAME=` lines of the example, which keeps its explanations. */
export function fillIn(example: string, values: Readonly<Record<string, string>>): string {
  return Object.entries(values).reduce(
    (text, [name, value]) =>
      text.replace(new RegExp(`^#? ?${name}=.*$`, 'm'), () => `${name}=${quoted(value)}`),
    example,
  );
}

function quoted(value: string): string {
  return /^[\w./:@+-]*$/.test(value) ? value : JSON.stringify(value);
}

/** Questions on the terminal; a hidden answer is not echoed. */
class Prompt {
  #muted = false;
  readonly #lines = createInterface({
    input: process.stdin,
    output: new Writable({
      write: (chunk, _encoding, done) => {
        if (!this.#muted) process.stderr.write(chunk);
        done();
      },
    }),
    terminal: true,
  });

  async ask(question: string): Promise<string> {
    return (await this.#lines.question(question)).trim();
  }

  async askHidden(question: string): Promise<string> {
    process.stderr.write(question);
    this.#muted = true;
    try {
      return (await this.#lines.question('')).trim();
    } finally {
      this.#muted = false;
      process.stderr.write('\n');
    }
  }

  close(): void {
    this.#lines.close();
  }
}
