import { writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { runAct } from '../test/rig/act/run.ts';
import { ensureBusyboxImage } from '../test/rig/busybox-image.ts';
import { startGitHub } from '../test/rig/github/stand-in.ts';
import { cloneIris } from '../test/rig/iris-clone.ts';
import { git, makeProject, sibling } from '../test/rig/stage-project.ts';

/**
 * Runs a pipeline of many stages, each reading the one before it, as a pull request under act, with
 * GitHub's stand-in for the comment: `node build/scripts/act-chain.js 60`. All stages have run before,
 * and the pull request changes the last two. Says how long the `needs` of the report was.
 */
const count = Number(process.argv[2] ?? 60);
const name = (at: number) => `stage-${String(at).padStart(3, '0')}`;

function pipeline(changed: (at: number) => boolean): string {
  const stages = Array.from({ length: count }, (_, at) => {
    const before = at === 0 ? [] : [`${name(at - 1)}.txt`];
    const value = changed(at) ? at + 0.5 : at;
    const words = `cat run.sh ${before.join(' ')} > ${name(at)}.txt; echo '{"at": ${value}}' > ${name(at)}.json`;
    const stage = {
      cmd: `sibling stage ${name(at)} -- sh -c "${words.replaceAll('"', '\\"')}"`,
      deps: ['run.sh', ...before],
      outs: [`${name(at)}.txt`],
      metrics: [{ [`${name(at)}.json`]: { cache: false } }],
      meta: { sibling: { image: 'stages/any' } },
    };
    return [name(at), stage];
  });
  return stringify({ stages: Object.fromEntries(stages) }, { lineWidth: 0 });
}

async function succeed(args: readonly string[]): Promise<void> {
  const { code, stderr } = await sibling(root, args, { env: { SIBLING_LOCAL_REMOTE: remote } });
  if (code !== 0) throw new Error(stderr);
}

function commit(message: string): string {
  git(root, 'add', '--all');
  git(root, 'commit', '--quiet', '--message', message);
  return git(root, 'rev-parse', 'HEAD');
}

await ensureBusyboxImage();
const root = makeProject({
  stages: { any: { script: 'true' } },
  files: { 'dvc.yaml': pipeline(() => false), 'run.sh': 'any\n' },
});
const actions = cloneIris();
const remote = join(tmpdir(), `sibling-chain-${process.pid}`);
const github = await startGitHub();
try {
  const pull = await github.openPullRequest('chain');
  await succeed(['run']);
  await succeed(['push']);
  await succeed(['export', 'github', '--actions', 'sibling-org/sibling/actions', '--ref', 'v1']);
  const base = commit('base');
  writeFileSync(
    join(root, 'dvc.yaml'),
    pipeline((at) => at >= count - 2),
  );
  const head = commit('change');
  const begun = Date.now();
  const run = await runAct({
    repository: root,
    workflow: 'pipeline.yml',
    event: 'pull_request',
    payload: {
      number: pull.number,
      pull_request: {
        number: pull.number,
        base: { ref: 'main', sha: base },
        head: { ref: 'chain', sha: head },
      },
    },
    localRepositories: { 'sibling-org/sibling@v1': actions },
    secrets: { GITHUB_TOKEN: github.tokens.workflow },
    env: {
      GITHUB_API_URL: github.url,
      GITHUB_REPOSITORY: `${github.owner}/${github.repo}`,
      SIBLING_LOCAL_REMOTE: remote,
    },
  });
  const batons = run.jobs.flatMap(({ id, outputs: { baton, outcome } }) =>
    baton === undefined ? [] : [{ id, baton, outcome }],
  );
  const needs = Object.fromEntries(
    batons.map(({ id, baton }) => [id, { result: 'success', outputs: { baton } }]),
  );
  const results = Object.values(run.results);
  console.log(
    `act ended with ${run.code} after ${Math.round((Date.now() - begun) / 1000)} s: ${results.filter((one) => one === 'success').length} jobs of ${results.length} succeeded`,
  );
  console.log(`outcomes: ${batons.map(({ outcome }) => outcome).join(' ')}`);
  console.log(
    `needs of the report: ${Buffer.byteLength(JSON.stringify(needs, null, 2))} bytes of ${batons.length} batons, the longest ${Math.max(...batons.map(({ baton }) => baton.length))}`,
  );
  const [comment] = await github.comments(pull.number);
  console.log(comment ? `comment:\n${comment.body.slice(0, 600)}` : 'no comment');
  if (run.code !== 0) console.log(run.log.split('\n').slice(-60).join('\n'));
  process.exitCode = run.code;
} finally {
  await github.stop();
  for (const path of [root, actions, remote]) await rm(path, { recursive: true, force: true });
}
