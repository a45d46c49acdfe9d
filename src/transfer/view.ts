/** Shows a push or pull while it goes on. */
export interface TransferView {
  /** A line that stays. */
  line(text: string): void;
  /** How far it has come; each takes the place of the one before. */
  progress(text: string): void;
  /** Nothing is on its way any more. */
  end(): void;
}

/** Milliseconds between two lines of progress in a log. */
const logEvery = 5_000;

/** A line of progress now and then: for pipes, log files and CI. */
export function plainTransferView(
  report: (line: string) => void,
  clock: () => number = () => performance.now(),
): TransferView {
  let last = clock();
  return {
    line: report,
    progress: (text) => {
      if (clock() - last < logEvery) return;
      last = clock();
      report(text);
    },
    end: () => undefined,
  };
}

interface Terminal {
  write(text: string): unknown;
  columns?: number;
}

/** One line of progress that is written anew in place; other lines go by above it. */
export function liveTransferView(out: Terminal, report: (line: string) => void): TransferView {
  let shown = '';
  const erase = () => {
    if (shown !== '') out.write('\r\x1b[K');
  };
  const draw = () => {
    // A line as long as the terminal is wide would wrap, and could not be erased. Some say 0.
    if (shown !== '') out.write([...shown].slice(0, (out.columns || 80) - 1).join(''));
  };
  return {
    line: (text) => {
      erase();
      report(text);
      draw();
    },
    progress: (text) => {
      erase();
      shown = text;
      draw();
    },
    end: () => {
      erase();
      shown = '';
    },
  };
}
