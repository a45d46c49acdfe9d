import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { readPipeline } from '../../src/dvc/read/pipeline.ts';
import { githubWorkflow } from '../../src/export/github-workflow.ts';
import { otherPipeline } from '../rig/other-pipeline.ts';
import { repository } from '../rig/repository.ts';
import { makeProject, removeProject } from '../rig/stage-project.ts';

const folder = mkdtempSync(join(tmpdir(), 'sibling-workflows-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What the check says of a file with this text, without the folder that it lies in. */
function check(text: string, name = 'w.yml') {
  const path = join(folder, name);
  writeFileSync(path, text);
  const { status, stdout, stderr } = spawnSync('node', ['build/scripts/check-workflows.js', path], {
    cwd: repository,
    encoding: 'utf8',
  });
  return { status, output: (stdout + stderr).replaceAll(`${folder}/`, '') };
}

const jobs = (job: string) => `on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n${job}`;

describe("GitHub's parser", () => {
  test('takes a workflow that is as it should be', () => {
    expect(check(jobs('    steps:\n      - run: true\n'))).toEqual({ status: 0, output: '' });
  });

  test.each<[string, string, string]>([
    [
      'a key that no step has',
      jobs('    steps:\n      - run: true\n        runs: true\n'),
      "w.yml:7:9: Unexpected value 'runs'",
    ],
    [
      'a context that is not there',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: GitHub's own expression language
      jobs('    if: ${{ nothing.x }}\n    steps:\n      - run: true\n'),
      "w.yml:5:9: Unrecognized named-value: 'nothing'",
    ],
    [
      'a job that needs an unknown one',
      `${jobs('    needs: [b]\n    steps:\n      - run: true\n')}  c:\n    runs-on: x\n    steps:\n      - run: true\n`,
      "w.yml:5:13: Job 'a' depends on unknown job 'b'",
    ],
    ['no YAML', 'on: push\njobs: [\n', 'w.yml:3:1: Flow sequence'],
    ['an empty file', '', 'w.yml:1:1: '],
  ])('refuses %s at its place', (_, text, expected) => {
    const { status, output } = check(text);
    expect(output).toContain(expected);
    expect(output.trim().split('\n')).toHaveLength(1);
    expect(status).toBe(1);
  });

  test('refuses an action for a Node that GitHub does not have', () => {
    const text = 'name: x\ndescription: y\nruns:\n  using: node99\n  main: a.js\n';
    const { status, output } = check(text, 'action.yml');
    expect(output).toContain("action.yml:4:10: Unexpected value 'node99'");
    expect(status).toBe(1);
  });

  test('takes what is written for a pipeline with foreach, a diamond and a subfolder', () => {
    const root = makeProject(otherPipeline);
    try {
      const options = { actions: 'sibling-org/sibling/actions', ref: 'v1', branch: 'main' };
      const pipeline = readPipeline(root);
      const workflow = githubWorkflow(pipeline, options);
      expect(workflow).toContain('needs: [sort-one, sort-two]');
      expect(check(workflow)).toEqual({ status: 0, output: '' });
      const proposing = githubWorkflow(pipeline, { ...options, proposesResults: true });
      expect(proposing).toContain('on-protected-branch: pull-request');
      expect(check(proposing)).toEqual({ status: 0, output: '' });
      const remotes = githubWorkflow(pipeline, { ...options, remotes: ['gs', 'ssh'] });
      expect(remotes.match(/remotes: gs,ssh$/gm)).toHaveLength(pipeline.stages.length + 1);
      expect(check(remotes)).toEqual({ status: 0, output: '' });
    } finally {
      removeProject(root);
    }
  });
});
