import { expect, test } from '@jest/globals';
import { readPipeline } from '../../../src/dvc/read/pipeline.ts';
import { drawStates } from '../../../src/dvc/status/draw-states.ts';
import { stripColour, style } from '../../../src/terminal/style.ts';
import { noConfig, projectFolder } from '../project-folder.ts';

const pipeline = readPipeline(
  projectFolder({
    'dvc.yaml': `stages:
  a: {cmd: x, outs: [one]}
  b: {cmd: x, deps: [one], outs: [two]}
  c: {cmd: x, deps: [two]}
`,
  }),
  noConfig,
);
const states = new Map([
  ['a', 'unchanged'],
  ['b', 'stale'],
] as const);

test('marks each stage with its state, and one that was not judged as for DVC', () => {
  expect(drawStates(pipeline, states, style(false))).toEqual([
    '╭─────╮',
    '│ = a │',
    '╰──┬──╯',
    '   │',
    '╭──┴──╮',
    '│ ▶ b │',
    '╰──┬──╯',
    '   │',
    '╭──┴──╮',
    '│ ? c │',
    '╰─────╯',
  ]);
});

test('colours the marks, which takes no columns', () => {
  const coloured = drawStates(pipeline, states, style(true));
  expect(coloured[1]).toBe('│ \x1b[32m=\x1b[39m a │');
  expect(coloured[5]).toContain('\x1b[33m▶');
  expect(coloured.map(stripColour)).toEqual(drawStates(pipeline, states, style(false)));
});

const list = ['= a', '▶ b  ← a', '? c  ← b'];

test('lists the stages where the terminal is too narrow', () => {
  expect(drawStates(pipeline, states, style(false), 7)[0]).toBe('╭─────╮');
  expect(drawStates(pipeline, states, style(true), 7)[0]).toBe('╭─────╮');
  expect(drawStates(pipeline, states, style(false), 6)).toEqual(list);
});

test('lists the stages of a graph too large to follow', () => {
  const [first] = pipeline.stages;
  if (first === undefined) throw new Error('no stage');
  const stages = Array.from({ length: 101 }, (_, index) => ({ ...first, address: `s${index}` }));
  const upstream = new Map<string, readonly string[]>();
  expect(drawStates({ stages, upstream }, new Map(), style(false))[100]).toBe('? s100');
  const drawn = drawStates({ stages: stages.slice(1), upstream }, new Map(), style(false));
  expect(drawn).toHaveLength(3);
});
