import { describe, expect, test } from '@jest/globals';
import { ExpectedFailure } from '../../../src/errors.ts';
import type { StageResults } from '../../../src/github/baton/stage-results.ts';
import { stageSummary } from '../../../src/job/stage/summary.ts';

const results: StageResults = {
  ...{ version: 2, stage: 'train', outcome: 'ran', seconds: 12.3, uncached: [] },
  reason: 'params.yaml: train.depth 3 → 5',
  ...{ startedAt: '2026-01-01T00:00:00Z', endedAt: '2026-01-01T00:00:20Z' },
  image: { reference: 'sibling/train:abc', id: 'sha256:def' },
  outs: [
    { path: 'models/model.bin', bytes: 1_234_567, files: 1 },
    { path: 'data', bytes: 12, files: 3 },
  ],
  links: [
    { kind: 'mlflow-run', url: 'https://dagshub.com/ada/iris.mlflow/#/experiments/1/runs/2f' },
    { kind: 'dagshub', url: 'https://dagshub.com/ada/iris' },
  ],
};

describe("a stage's summary", () => {
  test('has outcome, why, time, image, outs with sizes, and links', () => {
    expect(stageSummary(results, { files: 'https://github.com/ada/iris/tree/abc' })).toBe(
      `### ✅ \`train\` ran

Why: \`params.yaml: train.depth 3 → 5\`. Time: 12 s.

Image \`sibling/train:abc\`, \`sha256:def\`

| out | size | files |
|---|---:|---:|
| \`models/model.bin\` | 1.2 MB | 1 |
| \`data\` | 12 B | 3 |

[MLflow run](https://dagshub.com/ada/iris.mlflow/#/experiments/1/runs/2f) · [DagsHub](https://dagshub.com/ada/iris) · [files at this commit](https://github.com/ada/iris/tree/abc)

`,
    );
  });

  test('names what no other job gets', () => {
    const left = [{ path: 'plots', bytes: 80_000_000 }];
    expect(stageSummary({ ...results, left })).toContain(
      '⚠️ `plots` (80.0 MB) is too much: no other job gets it, and it is not committed.',
    );
  });

  test('stays below what GitHub shows, whatever the stage writes', () => {
    const outs = Array.from({ length: 20_000 }, (_, at) => ({
      ...{ path: `out/${'x'.repeat(100)}-${at}`, bytes: 10, files: 1 },
    }));
    const text = stageSummary({ ...results, outs });
    expect(text.length).toBeLessThan(100_000);
    expect(text).toContain('| 19800 more | 198 KB | 19800 |');
  });

  test('of an unchanged stage is short', () => {
    const { image: _, links: __, ...rest } = results;
    const unchanged: StageResults = {
      ...rest,
      outcome: 'unchanged',
      reason: 'as before',
      outs: [],
    };
    expect(stageSummary({ ...unchanged, seconds: 0 })).toBe(
      '### 🟰 `train` unchanged\n\nWhy: `as before`. Time: 0.0 s.\n\n',
    );
  });

  test('of a failed stage has cause, place and the words that help', () => {
    const failure = new ExpectedFailure({
      ...{ kind: 'stage', cause: 'stage train failed', hint: 'Add to dvc.yaml:\n```' },
      ...{ place: { file: 'dvc.yaml', line: 7 }, details: ['Traceback'] },
    });
    const text = stageSummary({ ...results, outcome: 'failed', reason: 'it failed' }, { failure });
    expect(text).toContain('### ❌ `train` failed');
    expect(text).toContain('**`stage train failed`** at `dvc.yaml:7`');
    expect(text).toContain('````text\nTraceback\n\nAdd to dvc.yaml:\n```\n````');
  });

  test('lets no name or reason become Markdown', () => {
    const evil = '`<img src=x>` [a](https://evil.example) @ada';
    const outs = [{ path: `${evil}|`, bytes: 1, files: 1 }];
    const text = stageSummary({ ...results, stage: evil, reason: evil, outs });
    const bare = text.replace(/(`+)[\s\S]*?[^`]\1(?!`)/g, '');
    expect(bare).not.toMatch(/evil|<img|@ada/);
  });
});
