import { expect, jest, test } from '@jest/globals';
import type { StageProgress } from '../../../src/run/progress/progress.ts';
import { liveView } from '../../../src/run/progress/view.ts';
import { style } from '../../../src/terminal/style.ts';

/** What the live view draws of one running stage whose last line is the given one. */
function drawn(lastLine: string, columns = 80): string {
  jest.useFakeTimers();
  let text = '';
  const out = { columns, write: (part: string) => (text += part) };
  const view = liveView(out, style(false));
  view.stages([{ stage: 'train', state: 'running', lastLine } as StageProgress]);
  jest.advanceTimersByTime(150);
  view.end();
  jest.useRealTimers();
  return text.slice(0, text.indexOf('\n'));
}

test('shows the last line of a stage that runs', () => {
  expect(drawn('epoch 3')).toMatch(/▶ +train +running +epoch 3/);
});

test.each([
  ['clears the screen', 'a\u001b[2J\u001b[Hb', 'ab'],
  ['sets the title', 'a\u001b]0;title\u0007b', 'ab'],
  ['goes back over itself', '10%\r20%\b', '10% 20%'],
  ['has colours', '\u001b[31mred\u001b[0m', 'red'],
])('a line that %s is shown as plain text', (_, line, shown) => {
  const [, text] = /running +(.*)$/.exec(drawn(line).trimEnd()) ?? [];
  expect(text).toBe(shown);
  expect(drawn(line)).not.toMatch(/\p{Cc}/u);
});

test('a long line is cut to the width of the terminal', () => {
  expect([...drawn('x'.repeat(300), 60)].length).toBeLessThan(60);
});
