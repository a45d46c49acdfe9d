import type Docker from 'dockerode';

/**
 * Collects the stage containers that the engine creates for jobs of workflows until stopped, so that
 * "none was started" is the engine's word and not that of what is tested.
 */
export async function watchStages(docker: Docker): Promise<{ stop(): Promise<string[]> }> {
  const since = Math.floor(Date.now() / 1000);
  const before = await created(docker, since);
  return {
    async stop() {
      const all = await created(docker, since);
      return all.filter((name) => !before.includes(name));
    },
  };
}

async function created(docker: Docker, since: number): Promise<string[]> {
  const stream = await docker.getEvents({
    since,
    until: Math.floor(Date.now() / 1000) + 1,
    filters: { label: ['sibling.role=stage'], event: ['create'] },
  });
  let text = '';
  for await (const chunk of stream) text += chunk.toString();
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line).Actor.Attributes.name as string)
    .filter((name) => name.includes('-gh-'));
}
