import type Docker from 'dockerode';
import { withDeadline } from './engine.ts';
import { refusedWith } from './request/engine-failure.ts';

/** How long a removal that somebody else began may take, in milliseconds. */
const removalDeadline = 10_000;

/**
 * Removes a container with its anonymous volumes, and resolves when it is gone: also where it was
 * gone before, or where another removal is under way, which the engine tells by 409.
 */
export async function removeContainer(container: Docker.Container): Promise<void> {
  try {
    await container.remove({ force: true, v: true });
  } catch (error) {
    if (refusedWith(error) === 409) await untilRemoved(container);
    else if (refusedWith(error) !== 404) throw error;
  }
}

async function untilRemoved(container: Docker.Container): Promise<void> {
  try {
    await withDeadline(container.wait({ condition: 'removed' }), removalDeadline);
  } catch (error) {
    if (refusedWith(error) !== 404) throw error;
  }
}
