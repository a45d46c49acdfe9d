import type { IncomingMessage } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type Docker from 'dockerode';

/** Milliseconds that the engine may take to tell of a container that it has made. */
const late = 500;

/**
 * Collects the stage containers that the engine creates until stopped, so that "none was started" is
 * the engine's word and not that of what is tested: those for jobs of workflows, or for the project
 * with this id. Listens all the time, for the engine remembers no more than its last 256 events.
 */
export async function watchStages(
  docker: Docker,
  project?: string,
): Promise<{ stop(): Promise<string[]> }> {
  const ofProject = project === undefined ? [] : [`sibling.project=${project}`];
  const stream = (await docker.getEvents({
    filters: { label: ['sibling.role=stage', ...ofProject], event: ['create'] },
  })) as IncomingMessage;
  stream.socket.unref(); // a test that fails before it stops this must end all the same
  let text = '';
  stream.on('data', (chunk) => {
    text += chunk;
  });
  let lost: unknown;
  stream.on('error', (error) => {
    lost = error;
  });
  return {
    async stop() {
      await pause(late);
      const error = lost;
      stream.destroy();
      if (error !== undefined) throw error;
      return (
        text
          .split('\n')
          .filter(Boolean)
          .map((line) => JSON.parse(line).Actor.Attributes as Record<string, string>)
          // A probe of what the engine sees is no stage's.
          .flatMap(({ 'sibling.stage': stage, name = '' }) => (stage === undefined ? [] : [name]))
          .filter((name) => project !== undefined || name.includes('-gh-'))
      );
    },
  };
}
