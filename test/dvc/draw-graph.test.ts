import { expect, test } from '@jest/globals';
import { dotGraph, mermaidGraph } from '../../src/dvc/draw-graph.ts';
import { readPipeline } from '../../src/dvc/read/pipeline.ts';
import { noConfig, projectFolder } from './project-folder.ts';

const pipeline = readPipeline(
  projectFolder({
    'dvc.yaml': `stages:
  get: {cmd: x, outs: [raw]}
  sort: {foreach: [one], do: {cmd: x, deps: [raw], outs: ["\${item}.txt"]}}
`,
  }),
  noConfig,
);

test('for Graphviz', () => {
  expect(dotGraph(pipeline)).toBe(`digraph pipeline {
  rankdir = LR;
  node [shape = box];
  "get";
  "sort@one";
  "get" -> "sort@one";
}
`);
});

test('for Graphviz, a name with quotes and backslashes stays one name', () => {
  const named = { ...pipeline, stages: pipeline.stages.slice(0, 1), upstream: new Map() };
  const stages = named.stages.map((stage) => ({ ...stage, address: 'a"\\' }));
  expect(dotGraph({ ...named, stages })).toContain('  "a\\"\\\\";');
});

test('for Markdown', () => {
  expect(mermaidGraph(pipeline)).toBe(`flowchart LR
  s0["get"]
  s1["sort@one"]
  s0 --> s1
`);
});
