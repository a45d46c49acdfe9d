import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { actionJob, type Step } from '../rig/action-job.ts';
import { ensureBusyboxImage } from '../rig/busybox-image.ts';
import { git, makeProject, removeProject } from '../rig/stage-project.ts';

const scratch = mkdtempSync(join(tmpdir(), 'sibling-overriding-'));
const params = `# kept
seed: 1 # why
batches: 2
name: x
lr: 1.0e-7
`;
let project = '';
let jobs = 0;

beforeAll(async () => {
  await ensureBusyboxImage();
  project = makeProject({
    stages: {
      make: {
        script: 'cat params.yaml conf.json > made',
        entry: {
          deps: ['stages/make'],
          params: ['seed', 'batches', 'name', 'lr', { 'conf.json': ['a'] }],
          outs: ['made'],
        },
      },
      use: {
        script: 'cat params.yaml > used',
        entry: { deps: ['stages/use', 'made'], params: ['batches'], outs: ['used'] },
      },
    },
    files: { 'params.yaml': params, 'conf.json': '{"a": {"layers": [1], "resume": true}}' },
  });
});
afterAll(() => {
  for (const folder of [project, scratch]) removeProject(folder);
});

function job(id: string): ReturnType<typeof actionJob> & { workspace: string } {
  const folder = join(scratch, `${id}-${jobs++}`);
  const workspace = join(folder, 'workspace');
  git(scratch, 'clone', '--quiet', project, workspace);
  const env = {
    ...{ GITHUB_JOB: id, GITHUB_REPOSITORY: 'ada/overriding' },
    ...{ SIBLING_TRANSPORT: 'folder', SIBLING_LOCAL_REMOTE: join(scratch, 'remote') },
  };
  return { ...actionJob({ workspace, folder, env }), workspace };
}

async function succeed(step: Promise<Step>): Promise<Step> {
  const ended = await step;
  if (ended.code !== 0) throw new Error(ended.log);
  return ended;
}

const overrides = `conf.json:a.layers=[128,64], conf.json:a.resume=null
seed=12345678901234567890 batches=1.0, name="a,b"`;
const overridden = `# kept
seed: 12345678901234567890 # why
batches: 1.0
name: a,b
lr: 1.0e-7
`;

test('overridden params reach the stage, dvc.lock, the next job and the report as DVC writes them', async () => {
  const first = job('make');
  const read = (path: string, workspace = first.workspace) =>
    readFileSync(join(workspace, path), 'utf8');
  const made = await succeed(first.run('run-stage', { stage: 'make', params: overrides }));
  await succeed(first.run('push-artifacts', { stage: 'make' }));
  const conf = '{"a": {"layers": [128, 64], "resume": null}}';
  expect([read('params.yaml'), read('conf.json')]).toEqual([overridden, conf]);
  expect(read('made')).toBe(overridden + conf);
  expect(read('dvc.lock')).toMatch(/batches: 1\.0\n(.*\n)*\s+seed: 12345678901234567890\n/);
  const again = await succeed(first.run('run-stage', { stage: 'make', params: overrides }));
  expect(again.outputs.outcome).toBe('unchanged');

  const { baton } = made.outputs;
  const needs = { make: { result: 'success', outputs: { baton } } };
  const next = job('use');
  const inputs = { stage: 'use', params: overrides, needs: JSON.stringify(needs) };
  const used = await succeed(next.run('run-stage', inputs));
  expect(read('used', next.workspace)).toBe('batches: 1.0\n');

  const report = job('report');
  const all = { ...needs, use: { result: 'success', outputs: { baton: used.outputs.baton } } };
  const told = { needs: JSON.stringify(all), params: overrides };
  const { outputs } = await succeed(report.run('comment-metrics', told));
  expect(read('params.yaml', report.workspace)).toBe(overridden);
  const shown = JSON.parse(readFileSync(join(outputs.folder ?? '', 'report.json'), 'utf8'));
  expect(shown.stages[0]).toMatchObject({ name: 'make', outcome: 'ran' });
}, 240_000);

test.each([
  ['seed=2, sede=3', /override \\?"sede=3\\?" is refused: .*Did you mean seed\?/s],
  ['seed=2, conf.jsn:a=1', /"conf\.jsn:a=1" is for conf\.jsn, which is not there.*conf\.json/s],
  ['seed=2, batches=choice(1,2)', /"batches=choice\(1,2\)" is refused: it is a sweep/],
  ['seed=2 dvc.yaml:stages=1', /which is no params file/],
])(
  '%s: refused by name, with nothing written',
  async (text, expected) => {
    const one = job('make');
    writeFileSync(join(one.workspace, 'params.yaml'), params);
    const { code, log } = await one.run('run-stage', { stage: 'make', params: text });
    expect(log.replaceAll('%0A', '\n')).toMatch(expected);
    expect(code).toBe(1);
    expect(readFileSync(join(one.workspace, 'params.yaml'), 'utf8')).toBe(params);
  },
  60_000,
);
