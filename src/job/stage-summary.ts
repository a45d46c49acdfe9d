import type { ExpectedFailure } from '../errors.ts';
import { placeText } from '../failure-text.ts';
import type { Baton } from '../github/baton.ts';
import { code, link } from '../report/markdown-escape.ts';
import { byteSize, duration } from '../terminal/table.ts';

const marks: Readonly<Record<Baton['outcome'], string>> = {
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

/** A stage's part of the job summary, as Markdown: outcome, why, time, image, outs, links. */
export function stageSummary(baton: Baton, { failure, files }: StageSummaryParts = {}): string {
  const lines = [
    `### ${marks[baton.outcome]} ${code(baton.stage)} ${baton.outcome}`,
    '',
    `Why: ${code(baton.reason, 300)}. Time: ${duration(baton.seconds)}.`,
  ];
  if (baton.image) lines.push('', `Image ${code(baton.image.reference)}, ${code(baton.image.id)}`);
  if (baton.outs.length > 0) {
    lines.push('', '| out | size | files |', '|---|---:|---:|');
    for (const { path, bytes, files } of baton.outs) {
      lines.push(`| ${code(path)} | ${byteSize(bytes)} | ${files} |`);
    }
  }
  for (const { path, why } of baton.left ?? []) {
    lines.push('', `⚠️ ${code(path)} is ${why}: no other job gets it, and it is not committed.`);
  }
  const links = [
    ...(baton.links ?? []).map(({ kind, url }) => link(linkWords[kind], url)),
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
