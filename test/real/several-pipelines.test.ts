import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { busyboxImage, ensureBusyboxImage } from '../rig/busybox-image.ts';
import { repository } from '../rig/repository.ts';
import { runCommand } from '../rig/run-command.ts';
import { cleanEnvironment, makeProject, removeProject, sibling } from '../rig/stage-project.ts';
import { toolPath } from '../rig/tools.ts';

let root = '';

const dockerfile = `FROM ${busyboxImage}\n`;

/** A stage of the same name in each folder. */
const pipeline = (input: string, output: string) => `stages:
  make:
    cmd: sibling stage make -- cp ${input} ${output}
    deps: [${input}, img]
    outs: [${output}]
    meta: {sibling: {image: img}}
`;

const elsewhere = `stages:
  make:
    wdir: work
    cmd: sibling stage make -- touch made.txt
    deps: [../img]
    outs: [made.txt]
    meta: {sibling: {image: img}}
`;

beforeAll(async () => {
  await ensureBusyboxImage();
  root = makeProject({
    stages: {},
    files: {
      'up/dvc.yaml': pipeline('in.txt', 'out.txt'),
      'up/in.txt': '1\n',
      'up/img/Dockerfile': dockerfile,
      'down/dvc.yaml': pipeline('../up/out.txt', 'copy.txt'),
      'down/img/Dockerfile': dockerfile,
    },
  });
  rmSync(join(root, 'dvc.yaml'));
});

afterAll(() => removeProject(root));

const both = ['up/dvc.yaml:make', 'down/dvc.yaml:make'];

async function statusIn(folder: string, ...targets: string[]) {
  const { code, stdout } = await sibling(root, [
    '-C',
    join(root, folder),
    'status',
    '--json',
    ...targets,
  ]);
  expect(code).toBe(0);
  const { stages } = JSON.parse(stdout) as { stages: { stage: string; changed: boolean }[] };
  return new Map(stages.map(({ stage, changed }) => [stage, changed]));
}

test('pipelines in folders are one graph, from whichever folder, as for plain DVC', async () => {
  const nothing = await sibling(root, ['run']);
  expect(nothing.code).toBe(2);
  expect(nothing.stderr).toMatch(/no dvc\.yaml in .*\n.*down\/dvc\.yaml, up\/dvc\.yaml.* -P/);

  const down = join(root, 'down');
  const first = await sibling(root, ['-C', down, 'run']);
  expect(first.stderr).toContain('2 of 2 stages ran');
  expect([...(await statusIn('down'))]).toEqual(both.map((stage) => [stage, false]));

  appendFileSync(join(root, 'up/in.txt'), '2\n');
  expect([...(await statusIn('down'))]).toEqual([
    ['up/dvc.yaml:make', true],
    ['down/dvc.yaml:make', false],
  ]);
  expect([...(await statusIn('', 'up/out.txt')).keys()]).toEqual(['up/dvc.yaml:make']);
  const again = await sibling(root, ['run', 'down/copy.txt', '--json']);
  const { stages } = JSON.parse(again.stdout);
  expect(stages.map(({ stage, state }: Record<string, string>) => [stage, state])).toEqual(
    both.map((stage) => [stage, 'ran']),
  );

  // Its working directory is none that a dvc.yaml is in.
  for (const folder of ['img', 'work']) mkdirSync(join(root, 'aside', folder), { recursive: true });
  writeFileSync(join(root, 'aside/img/Dockerfile'), dockerfile);
  writeFileSync(join(root, 'aside/dvc.yaml'), elsewhere);
  const others = '1 stage in another dvc.yaml is stale: sibling run -P';
  expect((await sibling(root, ['-C', join(root, 'up'), 'run'])).stderr).toContain(others);
  const aside = await sibling(root, ['-C', join(root, 'aside'), 'run']);
  expect(aside.stderr).not.toContain(others);
  expect(aside.stderr).toContain('1 of 1 stages ran');
  expect((await sibling(root, ['run', '-P'])).stderr).toContain('Nothing changed');

  appendFileSync(join(root, 'up/in.txt'), '3\n');
  const env = cleanEnvironment({ PATH: `${join(repository, 'bin')}:${process.env.PATH}` });
  const plain = await runCommand(toolPath('dvc', { set: 'dvc' }), ['repro'], { cwd: down, env });
  expect(plain.stderr).toBe('');
  expect(readFileSync(join(down, 'copy.txt'), 'utf8')).toBe('1\n2\n3\n');
}, 300_000);
