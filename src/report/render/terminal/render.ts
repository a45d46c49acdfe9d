import type { Style } from '../../../terminal/style.ts';
import { visible } from '../../../text/markdown-escape.ts';
import type { Plot, Report } from '../../report.ts';
import { confusionTable } from '../confusion-table.ts';
import {
  contextLine,
  dataTable,
  metricsTable,
  paramsTable,
  stagesSummary,
  stagesTable,
} from '../sections.ts';
import { conclusionOf, verdictLine } from '../verdict-line.ts';
import { terminalFormat } from './format.ts';

/** The report as lines for a terminal: everything that changed, and how much did not. */
export function renderTerminal(report: Report, style: Style): string {
  const format = terminalFormat(style);
  const colour = { success: style.green, warning: style.yellow, failure: style.red };
  const mark = { success: '✔', warning: '!', failure: '✘' };
  const conclusion = conclusionOf(report);
  const changed = report.metrics.filter((row) => row.verdict !== 'same' || row.renamedFrom);
  const same = report.metrics.length - changed.length;
  const titled = (title: string, text: string) => `${style.bold(title)}\n${text}`;
  const blocks = [
    [
      `${colour[conclusion](mark[conclusion])} ${verdictLine(report, format.quote)}`,
      style.dim(contextLine({ ...format, quote: visible }, report, undefined)),
    ].join('\n'),
    report.failure === undefined ? '' : `${style.red('failed:')} ${visible(report.failure, 400)}`,
    changed.length === 0 ? '' : metricsTable(format, changed, report),
    same === 0 ? '' : style.dim(`${same} ${same === 1 ? 'metric' : 'metrics'} unchanged`),
    report.params.length === 0 ? '' : titled('Parameters', paramsTable(format, report.params)),
    report.data.length === 0 ? '' : titled('Data', dataTable(format, report.data)),
    ...report.plots.map((plot) => titled(visible(plot.title), plotText(plot))),
    report.stages.length === 0
      ? ''
      : titled(stagesSummary(report), stagesTable(format, report.stages)),
    ...report.notes.map((note) => style.dim(visible(note, 300))),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;

  function plotText(plot: Plot): string {
    if (plot.kind === 'confusion' && plot.labels.length <= 8) return confusionTable(format, plot);
    return style.dim(plot.kind === 'other' ? visible(plot.note, 200) : 'changed');
  }
}
