import { describe, expect, test } from '@jest/globals';
import { markdown } from '../../src/report/render/markdown/format.ts';
import { terminalFormat } from '../../src/report/render/terminal/format.ts';
import type { Check, Reproduction } from '../../src/reproduction/compare/result.ts';
import { renderReproduction } from '../../src/reproduction/render.ts';
import { style } from '../../src/terminal/style.ts';

const terminal = terminalFormat(style(false));
const model: Check = {
  kind: 'model',
  what: 'models/model.joblib',
  state: 'same',
  expected: '8937815921bac24c9e9ef4b1cdc4d6ea',
  found: '8937815921bac24c9e9ef4b1cdc4d6ea',
};
const result: Reproduction = {
  schema: 1,
  model: 'iris',
  version: 3,
  commit: '57f1c9a0e2b4'.padEnd(40, '0'),
  commit_from: 'promotion',
  method: 'run',
  verdict: 'identical',
  findings: [],
  same: [model, { ...model, kind: 'out' }, { ...model, kind: 'out', what: 'other' }],
  notes: [],
  cannot: null,
  kept: null,
  seconds: 41.2,
};

describe('on a terminal', () => {
  test('an identical model', () => {
    expect(renderReproduction(result, terminal)).toBe(`\
Made again from commit 57f1c9a0e2, iris/3 is identical (41 s).

                                  Registered  Now         Difference
same  model  models/model.joblib  8937815921  8937815921

As registered: model, out (2).`);
  });

  test('one that differs: what, by how much, and why', () => {
    const findings: Check[] = [
      { ...model, state: 'differs', found: '1c02b3d4e5f60718293a4b5c6d7e8f90' },
      {
        kind: 'metric',
        what: 'm.json: accuracy',
        state: 'differs',
        expected: 0.93333,
        found: 0.93331,
        difference: -0.00002,
      },
      {
        kind: 'base-image',
        what: 'base image',
        state: 'note',
        expected: `sha256:${'1'.repeat(64)}`,
        found: `sha256:${'2'.repeat(64)}`,
        text: 'the base image changed',
      },
    ];
    const differs = {
      ...result,
      verdict: 'differs',
      findings,
      same: [],
      notes: ['A note.'],
    } as const;
    expect(renderReproduction({ ...differs, kept: '/kept' }, terminal)).toBe(`\
Made again from commit 57f1c9a0e2, iris/3 differs (41 s).

                                          Registered         Now                Difference
differs  model       models/model.joblib  8937815921         1c02b3d4e5
differs  metric      m.json: accuracy     0.93333            0.93331                 -2e-5
note     base image  base image           sha256:1111111111  sha256:2222222222

- the base image changed.
- A note.

The checkout is kept: /kept`);
  });

  test('one that cannot be made again', () => {
    const cannot = { kind: 'tracking', cause: 'nobody answers', hint: 'Try later.' } as const;
    const none = { version: null, commit: null, commit_from: null, same: [] };
    expect(renderReproduction({ ...result, ...none, verdict: 'cannot', cannot }, terminal)).toBe(
      'iris cannot be made again here.\n\nnobody answers. Try later.',
    );
  });
});

test('in Markdown nothing from elsewhere is more than text', () => {
  const what = 'a|b`<img src=x>\n\n# title @ada';
  const findings: Check[] = [{ ...model, what, state: 'differs', text: `${what} is wrong` }];
  const text = renderReproduction(
    { ...result, model: '[link](https://example.org)', verdict: 'differs', findings, same: [] },
    markdown,
  );
  const outsideCode = text.replace(/(`+)(?!`).*?(?<!`)\1(?!`)/g, '');
  expect(outsideCode).not.toMatch(/<img|# title|@ada|link/);
  expect(text.split('\n').filter((line) => line.startsWith('|'))).toHaveLength(3);
  expect(text).toContain('`[link](https://example.org)/3`');
});
