import { Worker } from 'node:worker_threads';
import type { DrawnPlot } from './drawn.ts';
import type { PlotData } from './read.ts';

/** What a worker is told. */
export interface DrawingTask {
  readonly plots: readonly PlotData[];
  /** Texts of the project's own templates by name, without `.json`. */
  readonly templates: ReadonlyMap<string, string>;
}

/** Milliseconds that one plot may take; the first one waits for Vega to be loaded. */
const patience = 20_000;
const memory = { maxOldGenerationSizeMb: 768 };

/**
 * Draws plots in a worker, so that neither loading Vega nor a template that loops, dies or fills the
 * memory touches this process: such a plot says that it could not be drawn, and the next ones go on in
 * a new worker. `worker` is the bundle of worker.ts.
 */
export async function drawInWorker(
  worker: URL,
  { plots, templates }: DrawingTask,
  { timeout = patience }: { readonly timeout?: number } = {},
): Promise<DrawnPlot[]> {
  const drawn: DrawnPlot[] = [];
  while (drawn.length < plots.length) {
    const rest = plots.slice(drawn.length);
    const failure = await drawUntilFailure(worker, { plots: rest, templates }, timeout, drawn);
    const failed = plots[drawn.length];
    if (failure === undefined || failed === undefined) continue;
    const { id, title } = failed.spec;
    drawn.push({ id, title, images: [], problem: `it could not be drawn: ${failure}` });
  }
  return drawn;
}

/** Adds plots to `drawn` as they come; gives the reason if the worker ends before the last. */
function drawUntilFailure(
  worker: URL,
  task: DrawingTask,
  timeout: number,
  drawn: DrawnPlot[],
): Promise<string | undefined> {
  const expected = drawn.length + task.plots.length;
  return new Promise((resolve) => {
    const running = new Worker(worker, { resourceLimits: memory, stdout: true, stderr: true });
    let timer = setTimeout(giveUp, timeout);
    running.on('message', (plot: DrawnPlot) => {
      drawn.push(plot);
      clearTimeout(timer);
      if (drawn.length === expected) end(undefined);
      else timer = setTimeout(giveUp, timeout);
    });
    running.on('error', (error: unknown) => {
      end(error instanceof Error ? error.message : String(error));
    });
    running.on('exit', () => end('its worker ended'));
    running.postMessage(task);

    function giveUp(): void {
      end(`it takes longer than ${timeout / 1_000} s`);
    }

    function end(reason: string | undefined): void {
      clearTimeout(timer);
      running.removeAllListeners();
      // What it still throws while it ends is of no interest.
      running.on('error', () => undefined);
      void running.terminate().then(() => resolve(reason));
    }
  });
}
