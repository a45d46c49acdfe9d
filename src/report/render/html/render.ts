import { htmlCode, htmlText, visible } from '../../../text/markdown-escape.ts';
import type { DrawnPlot } from '../../plots/drawn.ts';
import type { Report } from '../../report.ts';
import { confusionTable } from '../confusion-table.ts';
import {
  contextLine,
  dataTable,
  metricsTable,
  paramsTable,
  stagesSummary,
  stagesTable,
} from '../sections.ts';
import { type Conclusion, conclusionOf, verdictLine } from '../verdict-line.ts';
import { html } from './format.ts';

const signs: Readonly<Record<Conclusion, string>> = {
  success: '✅',
  warning: '⚠️',
  failure: '❌',
};

/**
 * The report as one HTML page that needs nothing from elsewhere: every plot is in it, as an image,
 * and its policy lets a browser neither run nor fetch anything.
 */
export function renderHtml(report: Report, plots: readonly DrawnPlot[]): string {
  const drawn = plots.map(plotFigure);
  const matrices = report.plots.flatMap((plot) =>
    plot.kind === 'confusion'
      ? [`<h3>${htmlCode(plot.title)}</h3>\n${confusionTable(html, plot)}`]
      : [],
  );
  const sections = [
    `<h1>${signs[conclusionOf(report)]} ${verdictLine(report, html.quote)}</h1>`,
    `<p>${contextLine(html, report, undefined)}</p>`,
    report.failure === undefined
      ? ''
      : `<p><b>What failed:</b> ${htmlCode(report.failure, 2_000)}</p>`,
    titled('Metrics', report.metrics.length, () => metricsTable(html, report.metrics, report)),
    titled('Plots', drawn.length, () => `<div class="plots">\n${drawn.join('\n')}\n</div>`),
    titled('Confusion matrices', matrices.length, () => matrices.join('\n')),
    titled('Parameters that changed', report.params.length, () => paramsTable(html, report.params)),
    titled('Data that changed', report.data.length, () => dataTable(html, report.data)),
    titled(stagesSummary(report), report.stages.length, () => stagesTable(html, report.stages)),
    ...report.notes.map((note) => `<p>${htmlCode(note, 1_000)}</p>`),
  ];
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${htmlText(visible(report.pipeline))}: report</title>
<style>${css}</style>
</head>
<body>
${sections.filter((section) => section !== '').join('\n')}
</body>
</html>
`;
}

function titled(title: string, count: number, content: () => string): string {
  return count === 0 ? '' : `<h2>${title}</h2>\n${content()}`;
}

/** An image can run nothing, whatever is in it; so even a drawing of ours is shown as one. */
function plotFigure(plot: DrawnPlot): string {
  const caption = `<figcaption>${htmlCode(plot.title)}</figcaption>`;
  if (plot.problem !== undefined) {
    return `<figure>${caption}<p>${htmlCode(plot.problem, 500)}</p></figure>`;
  }
  const images = plot.images.map(({ side, type, content }) => {
    const data = `data:${type};base64,${Buffer.from(content).toString('base64')}`;
    const words = side === undefined ? '' : `${side}<br>`;
    return `<span>${words}<img src="${data}" alt="${htmlText(visible(plot.title))}"></span>`;
  });
  return `<figure>${caption}${images.join('')}</figure>`;
}

const css = `
body { font: 15px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.4rem } h2 { font-size: 1.15rem; margin-top: 2rem }
table { border-collapse: collapse; margin: .5rem 0 }
th, td { border: 1px solid #8884; padding: .2rem .6rem; text-align: left }
.number { text-align: right; font-variant-numeric: tabular-nums }
code { font: .9em ui-monospace, monospace; background: #8882; padding: .1em .3em; border-radius: 4px }
.good { color: #1a7f37 } .bad { color: #cf222e } .warning { color: #9a6700 }
.plots { display: flex; flex-wrap: wrap; gap: 1rem }
figure { margin: 0; max-width: 100% } figcaption { font-weight: 600 }
img { max-width: 100%; background: #fff }
@media (prefers-color-scheme: dark) {
  .good { color: #3fb950 } .bad { color: #f85149 } .warning { color: #d29922 }
}
`;
