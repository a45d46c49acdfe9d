import { describe, expect, jest, test } from '@jest/globals';
import { actJobImage } from '../rig/act/job-image.ts';
import { type ActOptions, runAct } from '../rig/act/run.ts';
import { scratchProject } from '../rig/scratch-project.ts';

jest.setTimeout(180_000); // the job image is built at the first run

const workflow = `
name: rig
on:
  push:
  pull_request:
  workflow_dispatch:
    inputs:
      trees:
jobs:
  first:
    runs-on: ubuntu-24.04
    outputs:
      word: \${{ steps.say.outputs.word }}
    steps:
      - uses: actions/checkout@v4
      - id: say
        env:
          NUMBER: \${{ github.event.number }}
          INPUT: \${{ inputs.trees }}
          SECRET: \${{ secrets.CANARY }}
        run: |
          echo "word=hello" >> "$GITHUB_OUTPUT"
          echo "## Summary" >> "$GITHUB_STEP_SUMMARY"
          echo "file=$(cat file.txt) number=$NUMBER input=$INPUT extra=$EXTRA secret=$SECRET"
          echo "length=\${#SECRET} node=$(node --version)"
      - if: github.event.number == 7
        run: exit 3
  second:
    needs: first
    runs-on: ubuntu-24.04
    steps:
      - env:
          NEEDS: \${{ toJSON(needs) }}
        run: echo "$NEEDS"
`;

async function run(options: Partial<ActOptions>) {
  const project = await scratchProject({
    files: {
      '.github/workflows/rig.yml': workflow,
      '.env': 'EXTRA=from-dot-env\n',
      'file.txt': 'content\n',
    },
  });
  try {
    return await runAct({ repository: project.root, workflow: 'rig.yml', ...options });
  } finally {
    await project.remove();
  }
}

describe.each(['host', 'container'])('a workflow in %s mode', (mode) => {
  const place = async () => (mode === 'host' ? {} : { image: await actJobImage() });

  test('runs its jobs, with secrets masked and nothing from the repository’s .env', async () => {
    const canary = 'canary \'"$HOME`\\ 1';
    const result = await run({
      ...(await place()),
      secrets: { CANARY: canary },
      env: { EXTRA: 'given' },
    });
    expect(result).toMatchObject({ code: 0, results: { first: 'success', second: 'success' } });
    const first = result.job('first');
    expect(first.outputs).toMatchObject({ word: 'hello' });
    expect(first.summary).toBe('## Summary\n');
    expect(first.log).toContain('file=content number= input= extra=given secret=***');
    expect(first.log).toContain(`length=${canary.length}`);
    expect(result.log).not.toContain(canary);
    expect(result.job('second').log).toMatch(/"word": "hello"[\s\S]*"result": "success"/);
  });

  test('that fails says where, and skips what needs it', async () => {
    const result = await run({
      ...(await place()),
      event: 'pull_request',
      payload: { number: 7, pull_request: { number: 7 } },
    });
    expect(result.results).toEqual({ first: 'failure', second: 'skipped' });
    expect(result.code).not.toBe(0);
    expect(result.job('first').log).toContain('number=7');
    expect(result.job('first').steps.find((step) => step.result === 'failure')?.name).toContain(
      'exit 3',
    );
  });
});

test('the inputs of a dispatch arrive', async () => {
  const result = await run({ event: 'workflow_dispatch', inputs: { trees: '200' } });
  expect(result.job('first').log).toContain('input=200');
});
