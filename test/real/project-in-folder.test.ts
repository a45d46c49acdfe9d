import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { actionJob, type Step } from '../rig/action-job.ts';
import { ensureBusyboxImage } from '../rig/busybox-image.ts';
import { git, makeProject, removeProject, sibling } from '../rig/stage-project.ts';
import { toolPath } from '../rig/tools.ts';

const scratch = mkdtempSync(join(tmpdir(), 'sibling-folder-'));
const origin = join(scratch, 'origin.git');
const folder = 'services/model';
const workflow = '.github/workflows/pipeline-services--model.yml';

beforeAll(async () => {
  await ensureBusyboxImage();
  const project = makeProject({
    stages: {
      train: {
        script: 'cat words > model; echo \'{"accuracy": 0.9}\' > metrics.json',
        entry: {
          deps: ['stages/train', 'words'],
          outs: ['model'],
          metrics: [{ 'metrics.json': { cache: false } }],
        },
      },
    },
    files: { words: 'one\n', '.gitignore': '/model\n' },
  });
  const repository = join(scratch, 'repository');
  mkdirSync(join(repository, 'services'), { recursive: true });
  cpSync(project, join(repository, folder), { recursive: true });
  rmSync(join(repository, folder, '.git'), { recursive: true });
  removeProject(project);
  git(repository, 'init', '--quiet', '--initial-branch=master');
  git(repository, 'add', '--all');
  git(repository, 'commit', '--quiet', '--message', 'start');
  git(scratch, 'clone', '--quiet', '--bare', repository, origin);
});
afterAll(() => removeProject(scratch));

function clone(name: string): string {
  git(scratch, 'clone', '--quiet', '--depth=1', `file://${origin}`, join(scratch, name));
  return join(scratch, name);
}

test("the workflow is at Git's root, for the folder, the branch and actions that there are", async () => {
  const root = clone('export');
  const at = join(root, folder);
  const refused = await sibling(at, ['export', 'github']);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain('sibling export github --actions OWNER/REPO@REF');
  expect(existsSync(join(root, '.github'))).toBe(false);
  const written = await sibling(at, ['export', 'github', '--actions', 'ada/sibling@v1']);
  expect(written).toMatchObject({ code: 0, stderr: expect.stringContaining(workflow) });
  expect((await sibling(at, ['export', 'github', '--check'])).code).toBe(0);
  const text = readFileSync(join(root, workflow), 'utf8');
  expect(text).toContain('branches: [master]\n    paths:\n      - "services/model/**"');
  expect(text.match(/working-directory: "services\/model"/g)).toHaveLength(7);
  execFileSync(toolPath('actionlint'), ['-shellcheck', '', '-pyflakes', '', workflow], {
    cwd: root,
  });
});

test('a job runs, commits and reports in the folder', async () => {
  const event = join(scratch, 'push.json');
  writeFileSync(event, JSON.stringify({ ref: 'refs/heads/master' }));
  const env = {
    GITHUB_EVENT_PATH: event,
    ...{ GITHUB_REPOSITORY: 'ada/mono', GITHUB_SERVER_URL: 'https://github.com' },
    ...{ SIBLING_TRANSPORT: 'folder', SIBLING_LOCAL_REMOTE: join(scratch, 'remote') },
  };
  const inFolder = { 'working-directory': folder };
  const job = (name: string) => {
    const workspace = clone(name);
    return { workspace, ...actionJob({ workspace, folder: join(scratch, `${name}-job`), env }) };
  };
  const succeed = async (step: Promise<Step>) => {
    const ended = await step;
    if (ended.code !== 0) throw new Error(ended.log);
    return ended;
  };
  const train = job('train');
  const ran = await succeed(train.run('run-stage', { stage: 'train', ...inFolder }));
  expect(ran.outputs.outcome).toBe('ran');
  await succeed(train.run('push-artifacts', { stage: 'train', ...inFolder }));
  const needs = JSON.stringify({
    train: { result: 'success', outputs: { baton: ran.outputs.baton ?? '' } },
  });
  const committing = job('commit');
  await succeed(
    committing.run('push-artifacts', { needs, commit: 'true', message: 'Results', ...inFolder }),
  );
  expect(git(origin, 'diff', '--name-only', 'master~1', 'master').split('\n')).toEqual([
    `${folder}/dvc.lock`,
    `${folder}/metrics.json`,
  ]);
  const reporting = job('report');
  const report = await succeed(reporting.run('comment-metrics', { needs, ...inFolder }));
  const said = readFileSync(join(report.outputs.folder ?? '', 'report.json'), 'utf8');
  expect(JSON.parse(said)).toMatchObject({
    pipeline: 'services/model/dvc.yaml',
    metrics: [{ file: 'metrics.json', key: 'accuracy' }],
  });
});
