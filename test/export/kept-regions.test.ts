import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ExpectedFailure } from '../../src/errors.ts';
import { githubWorkflow } from '../../src/export/github-workflow.ts';
import { keepRegions, regions } from '../../src/export/kept-regions.ts';
import { replacedLines } from '../../src/export/replaced-lines.ts';

const file = '.github/workflows/pipeline.yml';

/** A workflow of these stages, without anything of a person's. */
function workflow(stages: readonly string[], existing?: string): string {
  const pipeline = {
    ...{ root: '/p', sources: [], topLevel: [], handovers: [] },
    stages: stages.map((address) => ({ address })),
    upstream: new Map(),
  } as unknown as Parameters<typeof githubWorkflow>[0];
  const options = { actions: './actions', branch: 'main' };
  return githubWorkflow(
    pipeline,
    options,
    existing === undefined ? undefined : { file, text: existing },
  );
}

const own = (text: string, name: string, ...lines: string[]) =>
  text.replace(`# keep: ${name}\n`, (line) => [line, ...lines.map((each) => `${each}\n`)].join(''));

function failureOf(act: () => unknown) {
  try {
    act();
  } catch (error) {
    return (error as ExpectedFailure).failure;
  }
  throw new Error('nothing was refused');
}

const edited = own(
  own(workflow(['train', 'score']), 'train', '      - run: ./mine.sh'),
  ...(['env', 'env:', '  MINE: 1'] as const),
);

describe('the lines of a person', () => {
  test.each([
    ['as they are', edited],
    ['in a Windows checkout', edited.replaceAll('\n', '\r\n')],
    ['with blanks after the marks', edited.replace(/(# (?:keep|end): .*)/g, '$1  ')],
  ])('stay where they are, %s', (_, text) => {
    const again = workflow(['train', 'score', 'new'], text);
    const kept = regions({ file, text: again }).filter(({ lines }) => lines.length > 0);
    expect(kept).toMatchObject([
      { name: 'env', lines: ['env:', '  MINE: 1'] },
      { name: 'train', lines: ['      - run: ./mine.sh'] },
    ]);
    expect(again.includes('\r\n')).toBe(text.includes('\r\n'));
    expect(/[^\r]\n/.test(again)).toBe(!text.includes('\r\n'));
    expect(workflow(['train', 'score', 'new'], again)).toBe(again);
  });

  const lineOf = (text: string, mark: string) =>
    text.split('\n').findIndex((line) => line.trim() === mark) + 1;

  test.each([
    ['of a stage that was renamed', edited, ['fit', 'score'], /the region train .* has lines/],
    [
      'of a region without end',
      edited.replace('# end: train', '# end: tran'),
      ['train', 'score'],
      /the region train .* has no end/,
    ],
    [
      'of the last region without end',
      edited.replace('# end: checkout/report', '# End: checkout/report'),
      ['train', 'score'],
      /the region checkout\/report .* has no end/,
    ],
    [
      'of a region that is there twice',
      `${edited}# keep: train\n# end: train\n`,
      ['train', 'score'],
      /the region train .* is there twice/,
    ],
    [
      'before an end without beginning',
      edited.replace('# keep: train', '#keep: train'),
      ['train', 'score'],
      /the line #keep: train .* neither begins/,
    ],
    [
      'under a mistyped name',
      edited.replace('# keep: train', '# keep: trian'),
      ['train', 'score'],
      /the region trian .* has no end/,
    ],
  ])('%s are not lost: nothing is written', (_, text, stages, cause) => {
    const failure = failureOf(() => workflow(stages, text));
    expect(failure).toMatchObject({ kind: 'drift', place: { file } });
    expect(failure.cause).toMatch(cause);
    const mark = /the (?:region|line) (\S+(?: train)?)/.exec(failure.cause)?.[1] ?? '';
    if (!/twice|neither/.test(failure.cause)) {
      expect(failure.place?.line).toBe(lineOf(text, `# keep: ${mark}`));
    }
    if (/has lines/.test(failure.cause)) {
      expect(failure.details).toEqual(['      - run: ./mine.sh']);
    }
  });

  test('an empty region of a stage that is gone is no reason to refuse', () => {
    expect(workflow(['score'], workflow(['train', 'score']))).toBe(workflow(['score']));
  });

  test('outside of regions are told of', () => {
    const text = edited.replace('timeout-minutes: 360', 'timeout-minutes: 600');
    expect(replacedLines(text, workflow(['train', 'score'], text))).toEqual([
      '    timeout-minutes: 600',
    ]);
  });

  test('whatever they are, they are all there after a second export, or it is refused', () => {
    const names = regions({ file, text: workflow(['a', 'b']) }).map(({ name }) => name);
    const line = fc.oneof(
      fc.string({ unit: 'binary' }).map((text) => text.replace(/[\r\n]/g, '')),
      fc
        .tuple(
          fc.constantFrom('', '  ', '\t'),
          fc.constantFrom('# keep: ', '# end: ', '#keep:', '# End: '),
          fc.constantFrom(...names, 'c'),
        )
        .map((parts) => parts.join('')),
    );
    const content = fc.array(fc.tuple(fc.constantFrom(...names), fc.array(line)), { maxLength: 3 });
    const stages = fc.constantFrom(['a', 'b'], ['a'], ['b', 'c'], ['A', 'b']);
    fc.assert(
      fc.property(content, stages, fc.boolean(), (parts, next, isWindows) => {
        let text = workflow(['a', 'b']);
        for (const [name, lines] of parts) text = own(text, name, ...lines);
        if (isWindows) text = text.replaceAll('\n', '\r\n');
        let again: string;
        try {
          again = workflow(next, text);
        } catch (error) {
          expect((error as ExpectedFailure).failure).toMatchObject({
            kind: 'drift',
            place: { file },
          });
          return;
        }
        const there = again.split(/\r?\n/);
        const mine = parts.flatMap(([, lines]) => lines).filter((each) => each.trim() !== '');
        expect(mine.filter((each) => !there.includes(each))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  test('are in the order that they had', () => {
    const text = '# keep: x\none\n\ntwo\n# end: x\n';
    expect(keepRegions('a\n# keep: x\n# end: x\nb\n', { file, text })).toBe(
      'a\n# keep: x\none\n\ntwo\n# end: x\nb\n',
    );
  });
});
