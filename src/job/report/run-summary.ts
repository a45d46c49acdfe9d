import { mermaidGraph } from '../../dvc/draw-graph.ts';
import type { Pipeline } from '../../dvc/pipeline.ts';
import type { StageResults } from '../../github/baton/stage-results.ts';
import { timeline } from '../../github/baton/timeline.ts';
import type { StageRow } from '../../report/report.ts';

/** Beyond that Mermaid draws nothing that can be read. */
const mostStages = 100;

/** How a run went, as Markdown: the graph with what became of each stage, then when each worked. */
export function runSummary(
  pipeline: Pipeline,
  rows: readonly StageRow[],
  jobs: readonly StageResults[],
): string {
  const outcomes = new Map(rows.map(({ name, outcome }) => [name, outcome]));
  const { length } = pipeline.stages;
  const graph =
    length > mostStages
      ? `${length} stages: too many to draw.`
      : `\`\`\`mermaid\n${mermaidGraph(pipeline, outcomes)}\`\`\``;
  return `#### The run\n\n${graph}\n\n${timeline(jobs)}`;
}
