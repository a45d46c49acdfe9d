import { describe, expect, test } from '@jest/globals';
import type { Pipeline, Stage } from '../../../src/dvc/pipeline.ts';
import type { StageResults } from '../../../src/github/baton/stage-results.ts';
import { runSummary } from '../../../src/job/report/run-summary.ts';
import type { StageRow } from '../../../src/report/report.ts';
import { stageResults } from '../../rig/stage-results.ts';

const pipeline = (...addresses: string[]): Pipeline =>
  ({
    stages: addresses.map((address) => ({ address }) as Stage),
    upstream: new Map(addresses.map((address, at) => [address, addresses.slice(at - 1, at)])),
  }) as Partial<Pipeline> as Pipeline;

const row = (name: string, outcome: StageRow['outcome']): StageRow => ({ name, outcome });

const ran = (stage: string, outcome: StageResults['outcome'], from: number, to: number) =>
  stageResults({
    ...{ stage, outcome },
    ...{ startedAt: new Date(from).toISOString(), endedAt: new Date(to).toISOString() },
  });

describe("a run's summary", () => {
  test('has the graph with what became of each stage, and when each worked', () => {
    const rows = [row('get', 'ran'), row('train@a', 'failed'), row('test', 'skipped')];
    const jobs = [ran('get', 'ran', 1000, 5000), ran('train@a', 'failed', 5000, 5000)];
    expect(runSummary(pipeline('get', 'train@a', 'test'), rows, jobs)).toBe(`#### The run

\`\`\`mermaid
flowchart LR
  s0["get<br>ran"]:::ran
  s1["train@a<br>failed"]:::failed
  s2["test<br>skipped"]:::skipped
  s0 --> s1
  s1 --> s2
  classDef ran stroke:#1a7f37,stroke-width:3px
  classDef failed stroke:#cf222e,stroke-width:4px
  classDef skipped stroke:#818b98,stroke-dasharray:4
\`\`\`

\`\`\`mermaid
gantt
  dateFormat x
  axisFormat %H:%M:%S
  get (ran) :active, 1000, 5000
  train@a (failed) :crit, 5000, 5001
\`\`\`
`);
  });

  test('lets no name end the diagram', () => {
    const evil = 'a`"]\n```\n<b>#1;&';
    const text = runSummary(pipeline(evil), [row(evil, 'ran')], [ran(evil, 'ran', 1, 2)]);
    expect(text.match(/```/g)).toHaveLength(4);
    expect(text).toContain('s0["a#96;#34;]#10;#96;#96;#96;#10;#60;b#62;#35;1;#38;<br>ran"]:::ran');
    expect(text).toContain('  a_________b__1__ (ran) :active');
  });

  test('says so of a graph that nobody could read', () => {
    const names = Array.from({ length: 101 }, (_, at) => `s${at}`);
    expect(runSummary(pipeline(...names), [], [])).toBe(
      '#### The run\n\n101 stages: too many to draw.\n\n',
    );
  });
});
