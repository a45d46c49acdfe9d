/** The entry point of the worker that draws: a bundle of its own, since Vega is large. */

import { parentPort } from 'node:worker_threads';
import { drawPlot } from './draw.ts';
import type { DrawingTask } from './draw-in-worker.ts';

parentPort?.once('message', async ({ plots, templates }: DrawingTask) => {
  for (const plot of plots) parentPort?.postMessage(await drawPlot(plot, templates));
  parentPort?.close();
});
