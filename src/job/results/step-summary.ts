import * as core from '@actions/core';
import { hidden } from '../../secrets/known.ts';

/** Bytes of UTF-8: GitHub drops a step's summary of more than 1 MiB altogether. */
const most = 1_048_576;

/**
 * Writes the summary of a step, without secrets: `render` gives it in about so many characters, and is
 * asked for fewer until the bytes fit. `more` follows it as far as there is room.
 */
export async function writeStepSummary(
  render: (maxLength: number) => string,
  more = '',
): Promise<void> {
  await core.summary
    .addRaw(fittedSummary((length) => hidden(render(length)), hidden(more)))
    .write();
}

/** The text of a summary, at most `limit` bytes. */
export function fittedSummary(
  render: (maxLength: number) => string,
  more = '',
  limit = most,
): string {
  const after = more === '' ? '' : `\n\n${cutMarkdown(more, Math.floor(limit / 4))}`;
  const room = limit - Buffer.byteLength(after);
  let length = room;
  for (let tries = 0; tries < 12 && length > 0; tries++) {
    const text = render(length);
    const bytes = Buffer.byteLength(text);
    if (bytes <= room) return `${text}${after}`;
    length = Math.floor(Math.min(length, text.length) * 0.98 * (room / bytes));
  }
  return `${cutMarkdown(render(Math.max(length, 1)), room)}${after}`;
}

/** Whole lines of a Markdown text, at most `most` bytes of them; a code block that is cut is closed. */
export function cutMarkdown(text: string, most: number): string {
  if (Buffer.byteLength(text) <= most) return text;
  const end = '\n\n… the rest is too long for a summary.\n';
  const kept: string[] = [];
  let bytes = Buffer.byteLength(end);
  let fence = '';
  for (const line of text.split('\n')) {
    const marks = /^(`{3,})/.exec(line)?.[1] ?? '';
    const next = fence === '' ? marks : line === fence ? '' : fence;
    bytes += Buffer.byteLength(line) + 1;
    if (bytes + next.length + 1 > most) break;
    kept.push(line);
    fence = next;
  }
  if (fence !== '') kept.push(fence);
  return `${kept.join('\n')}${end}`;
}
