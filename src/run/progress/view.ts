import { stripVTControlCharacters } from 'node:util';
import { type Style, stripColour } from '../../terminal/style.ts';
import { duration, table } from '../../terminal/table.ts';
import type { StageProgress } from './progress.ts';

/** Shows a run while it goes on. */
export interface RunView {
  /** A line about the run, or of a stage's log. */
  line(text: string): void;
  stages(stages: readonly StageProgress[]): void;
  end(): void;
}

interface Terminal {
  write(text: string): unknown;
  columns?: number;
}

/** Every line as it comes: for pipes, log files and CI. */
export function plainView(out: Terminal): RunView {
  return {
    line: (text) => {
      out.write(`${text}\n`);
    },
    stages: () => undefined,
    end: () => undefined,
  };
}

/** Milliseconds between two drawings of the live view. */
const redrawEvery = 100;

/**
 * A block of one line per stage (state, elapsed time, last log line) that redraws itself in place;
 * stage logs only feed their last line, other lines scroll by above the block.
 */
export function liveView(out: Terminal, style: Style): RunView {
  let known: readonly StageProgress[] = [];
  let drawn = 0;
  const erase = () => {
    if (drawn > 0) out.write(`\x1b[${drawn}A\x1b[J`);
    drawn = 0;
  };
  const draw = () => {
    erase();
    const lines = known.length > 0 ? block(known, style, out.columns ?? 80) : [];
    if (lines.length > 0) out.write(`${lines.join('\n')}\n`);
    drawn = lines.length;
  };
  const timer = setInterval(draw, redrawEvery);
  timer.unref();
  return {
    line: (text) => {
      const stage = /^\[([^\]]+)\] /.exec(stripColour(text))?.[1];
      if (known.some((progress) => progress.stage === stage)) return;
      erase();
      out.write(`${text}\n`);
      draw();
    },
    stages: (stages) => {
      known = stages;
    },
    end: () => {
      clearInterval(timer);
      erase();
    },
  };
}

function block(stages: readonly StageProgress[], style: Style, columns: number): string[] {
  const rows = stages.map((progress) => [
    stateMark(progress.state, style),
    style.named(progress.stage, progress.stage),
    stateText(progress, style),
    elapsed(progress),
    progress.state === 'running' ? style.dim(printable(progress.lastLine ?? '')) : '',
  ]);
  return table(rows)
    .split('\n')
    .map((line) => cut(line, columns - 1));
}

export function stateMark(state: StageProgress['state'], style: Style): string {
  switch (state) {
    case 'ran':
      return style.green('✔');
    case 'cached':
    case 'unchanged':
      return style.green('=');
    case 'failed':
      return style.red('✘');
    case 'running':
      return style.yellow('▶');
    default:
      return style.dim('·');
  }
}

export function stateText(progress: StageProgress, style: Style): string {
  const text = progress.state === 'cached' ? 'from cache' : progress.state.replace('-', ' ');
  return progress.state === 'failed' ? style.red(text) : text;
}

function elapsed(progress: StageProgress): string {
  if (progress.seconds !== undefined) return duration(progress.seconds);
  if (progress.startedAt === undefined) return '';
  return duration((performance.now() - progress.startedAt) / 1000);
}

/** A stage's line as plain text: what moves the cursor or clears the screen would break the block. */
function printable(line: string): string {
  return stripVTControlCharacters(line).replace(/\p{Cc}/gu, ' ');
}

/** Cuts a line with colours to a width: a longer one would wrap and break the block's height. */
function cut(line: string, width: number): string {
  const plain = stripColour(line);
  if ([...plain].length <= width) return line;
  return `${[...plain].slice(0, width - 1).join('')}…`;
}
