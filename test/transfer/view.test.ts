import { expect, test } from '@jest/globals';
import { liveTransferView, plainTransferView } from '../../src/transfer/view.ts';

test('a log gets a line of progress every five seconds, and every other line', () => {
  const lines: string[] = [];
  let now = 0;
  const view = plainTransferView(
    (line) => lines.push(line),
    () => now,
  );
  for (now = 0; now < 12_000; now += 200) view.progress(`${now}`);
  view.line('done');
  expect(lines).toEqual(['5000', '10000', 'done']);
});

/** What a terminal shows in the end, where `\r` goes back and `ESC[K` clears the rest of the line. */
function screen(text: string): string[] {
  const lines = [''];
  for (const part of text.replaceAll('\r\x1b[K', '\r').split(/(\r|\n)/)) {
    if (part === '\n') lines.push('');
    else if (part === '\r') lines[lines.length - 1] = '';
    else lines[lines.length - 1] += part;
  }
  return lines;
}

test('a terminal has one line of progress, below all others, and none in the end', () => {
  let text = '';
  const out = { columns: 10, write: (part: string) => (text += part) };
  const view = liveTransferView(out, (line) => out.write(`${line}\n`));
  view.progress('1 of 2');
  view.line('retry');
  view.progress('2 of 2 files');
  expect(screen(text)).toEqual(['retry', '2 of 2 fi']);
  view.end();
  view.line('done');
  expect(screen(text)).toEqual(['retry', 'done', '']);
});

test('a terminal that does not know its width gets the whole line', () => {
  let text = '';
  const out = { columns: 0, write: (part: string) => (text += part) };
  liveTransferView(out, () => undefined).progress('sent 1 of 2 files');
  expect(text).toBe('sent 1 of 2 files');
});
