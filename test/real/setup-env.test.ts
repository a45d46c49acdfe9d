import { execFileSync } from 'node:child_process';
import {
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { canary } from '../rig/canary.ts';
import { type DagsHubStandIn, startDagsHub } from '../rig/dagshub/stand-in.ts';
import { repository } from '../rig/repository.ts';
import { type ScratchProject, scratchProject } from '../rig/scratch-project.ts';
import { sibling } from '../rig/stage-project.ts';
import { type Answers, siblingOnTerminal } from '../rig/terminal.ts';

const secret = canary();
let dagsHub: DagsHubStandIn;
let project: ScratchProject;
let path = '';

beforeAll(async () => {
  dagsHub = await startDagsHub();
  dagsHub.addUser('ada', secret.token);
  dagsHub.addRepository('ada', 'iris', { private: true });
});
afterAll(() => dagsHub.stop());
beforeEach(async () => {
  dagsHub.faults.set([]);
  const files = { '.gitignore': '.env\n', 'dvc.yaml': 'stages: {}\n' };
  project = await scratchProject({ files });
  path = project.path('.env');
});
afterEach(() => project.remove());

const enter = '\r';
const typed = (token = secret.token): Answers => [
  ['DagsHub user: ', `ada${enter}`],
  ['not shown', `${token}${enter}`],
  ['repository ', `ada/iris${enter}`],
];

const setUp = (answers: Answers) =>
  siblingOnTerminal(project.root, ['setup-env'], {
    answers,
    env: { DAGSHUB_CLIENT_HOST: dagsHub.url },
  });

/** Every file of the project but .env and Git's that holds the token. */
function elsewhere(): string[] {
  return secret.files(project.root).filter((file) => file !== path);
}

const mode = () => statSync(path).mode & 0o777;
const values = () => parseEnv(readFileSync(path, 'utf8'));

test('asks, checks, and writes .env for its owner only; the token is never on the screen', async () => {
  const { code, screen } = await setUp(typed());
  expect({ code, screen }).toMatchObject({ code: 0 });
  expect(screen).toMatch(/http:\S+ accepts the credentials/);
  expect(secret.hits(screen)).toEqual([]);
  expect(screen).not.toContain(secret.token.slice(0, 6));
  expect(values()).toMatchObject({
    DAGSHUB_USER_NAME: 'ada',
    DAGSHUB_TOKEN: secret.token,
    DAGSHUB_REPO: 'ada/iris',
  });
  expect(mode()).toBe(0o600);
  const comments = (text: string) => text.split('\n').filter((line) => line.startsWith('#'));
  const example = readFileSync(join(repository, '.env.example'), 'utf8');
  const others = comments(example).filter((line) => !line.startsWith('# DAGSHUB_CLIENT_HOST='));
  expect(comments(readFileSync(path, 'utf8'))).toEqual(others);
  expect(elsewhere()).toEqual([]);
});

test('the key for the last answer brings no token to the screen', async () => {
  const [user, token] = typed();
  const { code, screen } = await setUp([
    ...[user, token].flatMap((answer) => (answer ? [answer] : [])),
    ['repository ', '\x1b[A'],
    ['', `\x15ada/iris${enter}`],
  ]);
  expect(code).toBe(0);
  expect(secret.hits(screen)).toEqual([]);
  expect(values().DAGSHUB_REPO).toBe('ada/iris');
});

describe('what does not fit is refused, and nothing is written:', () => {
  test.each([
    ['a wrong token', 'wrong', 8, /does not accept the token of user ada \(HTTP 401\)/],
    ['no token', '', 8, /are all needed/],
  ])('%s', async (_, token, exitCode, says) => {
    const { code, screen } = await setUp(typed(token));
    expect(screen).toMatch(says);
    expect(code).toBe(exitCode);
    expect(existsSync(path)).toBe(false);
  });

  test('a .env that Git tracks', async () => {
    await project.write('.env', 'A=1\n');
    await project.git('add', '--force', '.env');
    const { code, screen } = await setUp([]);
    expect(screen).toMatch(/Git tracks \.env.*git rm --cached \.env/s);
    expect(code).toBe(3);
    expect(readFileSync(path, 'utf8')).toBe('A=1\n');
  });
});

describe('a .env that is there', () => {
  const own = `# mine
MY_VARIABLE="two words"
DAGSHUB_TOKEN=old-token
  export DAGSHUB_TOKEN=older-token
# DAGSHUB_REPO=
DVC_REMOTE_URL=s3://bucket/path # the team's
KEY='-----BEGIN
DAGSHUB_USER_NAMES
-----END'`;
  beforeEach(() => writeFileSync(path, own, { mode: 0o644 }));

  test.each(['n', '', 'no'])('stays as it is on %j', async (answer) => {
    const { code, screen } = await setUp([['already', `${answer}${enter}`]]);
    expect({ code, screen }).toMatchObject({ code: 0 });
    expect(screen).toMatch(/left as it is/);
    expect(readFileSync(path, 'utf8')).toBe(own);
    expect(mode()).toBe(0o644);
  });

  test('keeps what else is in it on "y", and is its owner’s only from then on', async () => {
    const { code, screen } = await setUp([['already', `y${enter}`], ...typed()]);
    expect({ code, screen }).toMatchObject({ code: 0 });
    const { DAGSHUB_TOKEN: _, ...before } = parseEnv(own);
    expect(values()).toEqual({
      ...before,
      DAGSHUB_CLIENT_HOST: dagsHub.url,
      DAGSHUB_USER_NAME: 'ada',
      DAGSHUB_TOKEN: secret.token,
      DAGSHUB_REPO: 'ada/iris',
    });
    expect(readFileSync(path, 'utf8')).toMatch(/^# mine\nMY_VARIABLE="two words"\nDAGSHUB_TOKEN=/);
    expect(mode()).toBe(0o600);
    expect(elsewhere()).toEqual([]);
  });

  test('that is a link stays one', async () => {
    const kept = project.path('kept.env');
    execFileSync('mv', [path, kept]);
    symlinkSync('kept.env', path);
    expect(await setUp([['already', `y${enter}`], ...typed()])).toMatchObject({ code: 0 });
    expect(readFileSync(kept, 'utf8')).toContain(secret.token);
    expect(readdirSync(project.root)).not.toContain(expect.stringMatching(/part/));
  });

  test('without a terminal it is left alone', async () => {
    expect(await sibling(project.root, ['setup-env'])).toMatchObject({ code: 0 });
    expect(readFileSync(path, 'utf8')).toBe(own);
  });
});

describe('Control-C, or the end of the input, leaves nothing half-written:', () => {
  test.each([
    ['before the token', [typed()[0], ['not shown', '\x03']]],
    ['within the token', [typed()[0], ['not shown', `${secret.token}\x03`]]],
    ['at the end of the input', [typed()[0], ['not shown', '\x04']]],
  ] as [string, Answers][])('%s', async (_, answers) => {
    writeFileSync(path, 'A=1\n');
    const { code, screen } = await setUp([['already', `y${enter}`], ...answers]);
    expect(screen).toMatch(/stopped before all was answered/);
    expect(code).toBe(130);
    expect(secret.hits(screen)).toEqual([]);
    expect(readFileSync(path, 'utf8')).toBe('A=1\n');
    expect(elsewhere()).toEqual([]);
  });

  test('while DagsHub takes its time', async () => {
    dagsHub.faults.set([{ service: 'api', kind: 'slow', delay: 10_000 }]);
    const begun = Date.now();
    const { code } = await setUp([...typed(), ['iris\\s', '\x03']]);
    expect(code).toBe(130);
    expect(Date.now() - begun).toBeLessThan(8_000);
    expect(existsSync(path)).toBe(false);
  });
});
