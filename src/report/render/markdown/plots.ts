import { code, htmlCode } from '../../../text/markdown-escape.ts';
import type { Confusion, Curve, Plot } from '../../report.ts';
import { confusionTable } from '../confusion-table.ts';
import { folded, markdown } from './format.ts';
import { gapChart, hasGaps } from './gap-chart.ts';
import { chartLegend, chartsOf, mermaidChart } from './mermaid.ts';

/** Classes of a confusion matrix that a comment has room for. */
const widestMatrix = 12;
/** Charts of one plot; a plot of more classes is better looked at on the report page. */
const maxCharts = 6;

/** One block for each plot; `pageName` says where a plot can be seen that is not drawn here. */
export function plotBlocks(plots: readonly Plot[], pageName: string): string[] {
  const drawn: string[] = [];
  const others: string[] = [];
  for (const plot of plots) {
    const block = plot.kind === 'other' ? undefined : blockOf(plot);
    if (block) drawn.push(block);
    else others.push(`- ${code(plot.title)}: ${noteOf(plot)}`);
  }
  if (others.length === 0) return drawn;
  const count = others.length === 1 ? '1 more plot' : `${others.length} more plots`;
  return [...drawn, folded(`${count}, in ${pageName}`, others.join('\n'))];
}

function noteOf(plot: Plot): string {
  return plot.kind === 'other' ? code(plot.note, 200) : 'too large for a comment';
}

function blockOf(plot: Curve | Confusion): string | undefined {
  return plot.kind === 'confusion' ? confusionBlock(plot) : curveBlock(plot);
}

function curveBlock(curve: Curve): string | undefined {
  const charts = chartsOf(curve);
  if (charts.length > maxCharts) return undefined;
  const blocks = charts.flatMap((chart) => {
    if (hasGaps(chart)) return gapChart(chart) ?? [];
    const drawn = mermaidChart(chart);
    return drawn === undefined ? [] : [`${drawn}\n\n*${chartLegend(chart)}*`];
  });
  if (blocks.length === 0) return undefined;
  return folded(htmlCode(curve.title), blocks.join('\n\n'));
}

function confusionBlock(plot: Confusion): string | undefined {
  if (plot.labels.length > widestMatrix) return undefined;
  return `**${code(plot.title)}**\n\n${confusionTable(markdown, plot)}`;
}
