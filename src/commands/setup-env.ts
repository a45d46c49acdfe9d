import { randomBytes } from 'node:crypto';
import { existsSync, lstatSync, readdirSync } from 'node:fs';
import { open, realpath, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { ExpectedFailure } from '../errors.ts';
import { git, originOf } from '../git/git.ts';
import { setVariables } from '../project/env-file/set-variables.ts';
import { giveTo, siblingFolder } from '../project/project.ts';
import { originOfEnvFile, readEnvBytes } from '../project/settings.ts';
import { hostOf, namedRepository } from '../servers/dagshub.ts';
import { checkCredentials } from '../servers/dagshub-api.ts';
import { installationRoot } from '../system/installation.ts';
import { readWhole } from '../system/read-whole.ts';
import { Prompt } from '../terminal/prompt.ts';
import { openProject, openSession, type ProjectSession } from './session/session.ts';

export function addSetupEnvCommand(program: Command): void {
  program
    .command('setup-env')
    .summary('write .env: ask for the DagsHub credentials and check them')
    .description(
      'Asks for the DagsHub user, token and repository, checks them, and writes .env for its owner only; what else stands there stays. Without a terminal it writes the commented example to fill in.',
    )
    .addHelpText('after', '\nExample:\n  $ sibling setup-env')
    .action(async (_options: unknown, command: Command) => {
      const session = openProject(openSession(command.optsWithGlobals()));
      await setUp(session);
    });
}

async function setUp(session: ProjectSession): Promise<void> {
  const { root } = session.project;
  if (originOfEnvFile(root, session.env) === 'tracked') throw trackedByGit();
  const path = join(root, '.env');
  const existing = existsSync(path) ? readEnvBytes(path).toString('utf8') : undefined;
  const before = existing ?? readWhole(join(installationRoot(), '.env.example')).toString('utf8');
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    if (existing !== undefined) {
      session.report('.env is there already: left as it is');
      return;
    }
    await write(session, path, before);
    session.report('Wrote .env from .env.example: fill in what you need');
    return;
  }
  const answers = await askAll(session, existing !== undefined);
  if (!answers) {
    session.report('.env left as it is');
    return;
  }
  await write(session, path, setVariables(before, answers));
  session.report('Wrote .env, readable by you only');
  await warn(session, answers);
}

/** Undefined where what is there shall stay as it is. Throws 'credentials' for what does not fit. */
async function askAll(
  { project, env, report }: ProjectSession,
  exists: boolean,
): Promise<Record<string, string> | undefined> {
  const host = hostOf(env);
  const origin = namedRepository(await originOf(project.root), host);
  const suggestion = env.DAGSHUB_REPO ?? (origin ? `${origin.owner}/${origin.repo}` : '');
  const terminal = new Prompt();
  try {
    const question = '.env is there already. Set the DagsHub credentials in it? [y/N] ';
    if (exists && !/^y(es)?$/i.test(await terminal.ask(question))) return undefined;
    const user = await terminal.ask('DagsHub user: ');
    const token = await terminal.askHidden('DagsHub token (not shown): ');
    const repo =
      (await terminal.ask(`DagsHub repository [${suggestion || 'OWNER/NAME'}]: `)) || suggestion;
    const name = namedRepository(repo, host);
    if (!user || !token || !name) throw incomplete(host);
    await terminal.orStopped(checkCredentials({ host, ...name, user, token }));
    report(`${host} accepts the credentials`);
    return {
      DAGSHUB_USER_NAME: user,
      DAGSHUB_TOKEN: token,
      DAGSHUB_REPO: `${name.owner}/${name.repo}`,
      // Else the token would go to dagshub.com the next time.
      ...(host !== hostOf({}) && { DAGSHUB_CLIENT_HOST: host }),
    };
  } finally {
    terminal.close();
  }
}

/** Whole or not at all, and with its own mode whatever stood there. */
async function write(session: ProjectSession, path: string, text: string): Promise<void> {
  const isLink = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
  const target = isLink ? await realpath(path) : path; // where somebody keeps it
  // Else in our own folder, which Git ignores: a process that is killed here leaves it.
  const folder = isLink ? dirname(target) : await siblingFolder(session.project);
  for (const left of readdirSync(folder).filter((name) => partName.test(name))) {
    await rm(join(folder, left), { force: true }); // it has a token in it
  }
  const part = join(folder, `.env.${randomBytes(6).toString('hex')}.part`);
  try {
    const file = await open(part, 'wx', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await giveTo(part, session.project.user);
    await rename(part, target);
  } finally {
    await rm(part, { force: true });
  }
}

const partName = /^\.env\.[0-9a-f]{12}\.part$/;

async function warn({ project, report }: ProjectSession, answers: object): Promise<void> {
  for (const name of Object.keys(answers)) {
    if (process.env[name]) report(`warning: ${name} is set in the environment too, and wins there`);
  }
  const isIgnored = (await git(project.root, 'check-ignore', '--', '.env')) !== undefined;
  const hasGit = (await git(project.root, 'rev-parse', '--git-dir')) !== undefined;
  if (hasGit && !isIgnored) {
    report('warning: Git does not ignore .env: add it to .gitignore (echo .env >> .gitignore)');
  }
}

function trackedByGit(): ExpectedFailure {
  return new ExpectedFailure({
    kind: 'configuration',
    cause: 'Git tracks .env, so that a token there would be in the next commit',
    hint: 'Take it out first: git rm --cached .env, and add .env to .gitignore.',
  });
}

function incomplete(host: string): ExpectedFailure {
  return new ExpectedFailure({
    kind: 'credentials',
    cause: 'user, token and repository are all needed; .env was not written',
    hint: `Run sibling setup-env again. Tokens are made at ${host}/user/settings/tokens.`,
  });
}
