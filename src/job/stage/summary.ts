import type { ExpectedFailure } from '../../errors.ts';
import type { StageResults } from '../../github/baton/stage-results.ts';
import { placeText } from '../../terminal/failure-text.ts';
import { byteSize, duration } from '../../terminal/table.ts';
import { code, link } from '../../text/markdown-escape.ts';

const marks: Readonly<Record<StageResults['outcome'], string>> = {
  ran: '✅',
  cached: '♻️',
  unchanged: '🟰',
  failed: '❌',
};

export interface StageSummaryParts {
  readonly failure?: ExpectedFailure | undefined;
  /** The files at the run's commit, on GitHub. */
  readonly files?: string | undefined;
}

/** Rows of outs: GitHub drops a summary of more than 1 MiB altogether. */
const mostOuts = 200;

/** A stage's part of the job summary, as Markdown: outcome, why, time, image, outs, links. */
export function stageSummary(
  results: StageResults,
  { failure, files }: StageSummaryParts = {},
): string {
  const lines = [
    `### ${marks[results.outcome]} ${code(results.stage)} ${results.outcome}`,
    '',
    `Why: ${code(results.reason, 300)}. Time: ${duration(results.seconds)}.`,
  ];
  if (results.image)
    lines.push('', `Image ${code(results.image.reference)}, ${code(results.image.id)}`);
  if (results.outs.length > 0) {
    lines.push('', '| out | size | files |', '|---|---:|---:|');
    for (const { path, bytes, files } of results.outs.slice(0, mostOuts)) {
      lines.push(`| ${code(path)} | ${byteSize(bytes)} | ${files} |`);
    }
    const more = results.outs.slice(mostOuts);
    if (more.length > 0) {
      const sum = (of: 'bytes' | 'files') => more.reduce((total, out) => total + out[of], 0);
      lines.push(`| ${more.length} more | ${byteSize(sum('bytes'))} | ${sum('files')} |`);
    }
  }
  for (const { path, bytes } of results.left ?? []) {
    const much = `⚠️ ${code(path)} (${byteSize(bytes)}) is too much`;
    lines.push('', `${much}: no other job gets it, and it is not committed.`);
  }
  const links = [
    ...(results.links ?? []).map(({ kind, url }) => link(linkWords[kind], url)),
    ...(files === undefined ? [] : [link(linkWords.files, files)]),
  ];
  if (links.length > 0) lines.push('', links.join(' · '));
  if (failure) {
    const { cause, hint, place, details } = failure.failure;
    lines.push('', `**${code(cause)}**${place ? ` at ${code(placeText(place))}` : ''}`, '');
    lines.push(fenced([...(details ?? []), '', hint]));
  }
  return `${lines.join('\n')}\n\n`;
}

const linkWords = {
  'mlflow-run': 'MLflow run',
  dagshub: 'DagsHub',
  files: 'files at this commit',
} as const;

/** Text as a code block whose fence is longer than any in it. */
function fenced(lines: readonly string[]): string {
  const text = lines.join('\n').trim();
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}text\n${text}\n${fence}`;
}
