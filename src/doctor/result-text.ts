import { placeText } from '../terminal/failure-text.ts';
import type { Style } from '../terminal/style.ts';
import { duration } from '../terminal/table.ts';
import type { CheckResult } from './check.ts';

/** One line: the state, which check, what was found, and after an arrow what to do about it. */
export function resultLine(result: CheckResult, width: number, style: Style): string {
  const { name, state, text, hint, place } = result;
  const where = place && !text.startsWith(place.file) ? `${placeText(place)}: ` : '';
  const remedy = hint === undefined ? '' : ` ${style.dim('→')} ${oneLine(hint)}`;
  const found = oneLine(`${where}${text}`);
  const shown = state === 'skipped' ? style.dim(found) : found;
  return `${stateWord(state, style)}  ${name.padEnd(width)}  ${shown}${remedy}`;
}

/** How many checks ended how. */
export function closingLine(results: readonly CheckResult[], seconds: number): string {
  const count = (state: CheckResult['state']) =>
    results.filter((result) => result.state === state).length;
  const [failures, warnings, skipped] = [count('failure'), count('warning'), count('skipped')];
  const parts = [
    `${count('ok')} ok`,
    ...(warnings > 0 ? [`${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`] : []),
    ...(failures > 0 ? [`${failures} ${failures === 1 ? 'failure' : 'failures'}`] : []),
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
  ];
  return `${parts.join(', ')}, in ${duration(seconds)}.`;
}

function stateWord(state: CheckResult['state'], style: Style): string {
  switch (state) {
    case 'ok':
      return style.green('ok     ');
    case 'warning':
      return style.yellow('warning');
    case 'failure':
      return style.red('failure');
    case 'skipped':
      return style.dim('skipped');
  }
}

function oneLine(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, ' ').trim();
}
