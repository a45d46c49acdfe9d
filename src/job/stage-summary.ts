import type { ExpectedFailure } from '../errors.ts';
import { placeText } from '../failure-text.ts';
import type { Baton } from '../github/baton.ts';
import { code } from '../report/markdown-escape.ts';
import { byteSize, duration } from '../terminal/table.ts';

const marks: Readonly<Record<Baton['outcome'], string>> = {
  ran: '✅',
  cached: '♻️',
  unchanged: '🟰',
  failed: '❌',
};

/** A stage's part of the job summary, as Markdown: outcome, why, time, image, outs. */
export function stageSummary(baton: Baton, failure?: ExpectedFailure): string {
  const lines = [
    `### ${marks[baton.outcome]} ${code(baton.stage)} ${baton.outcome}`,
    '',
    `Why: ${baton.reason}. Time: ${duration(baton.seconds)}.`,
  ];
  if (baton.image) lines.push('', `Image ${code(baton.image.reference)}, ${code(baton.image.id)}`);
  if (baton.outs.length > 0) {
    lines.push('', '| out | size | files |', '|---|---:|---:|');
    for (const { path, bytes, files } of baton.outs) {
      lines.push(`| ${code(path)} | ${byteSize(bytes)} | ${files} |`);
    }
  }
  if (failure) {
    const { cause, hint, place, details } = failure.failure;
    lines.push('', `**${code(cause)}**${place ? ` at ${code(placeText(place))}` : ''}`, '');
    lines.push(fenced([...(details ?? []), '', hint]));
  }
  return `${lines.join('\n')}\n\n`;
}

/** Text as a code block whose fence is longer than any in it. */
function fenced(lines: readonly string[]): string {
  const text = lines.join('\n').trim();
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}text\n${text}\n${fence}`;
}
