import type Docker from 'dockerode';
import type { Engine } from '../engine.ts';
import { unlessGone, unlessStatus } from '../request/unless-status.ts';

/**
 * Puts the local MLflow server on the stages' network, which may have been removed beneath it.
 * `namespace` is the prefix of both names.
 */
export async function ensureConnected(engine: Engine, namespace: string): Promise<void> {
  const network = await ensureNetwork(engine, `${namespace}-tracking`);
  const container = `${namespace}-mlflow`;
  const found = await unlessGone(engine.docker.getContainer(container).inspect());
  const ids = Object.values(found?.NetworkSettings.Networks ?? {}).map(
    ({ NetworkID }) => NetworkID,
  );
  if (ids.includes(network)) return;
  try {
    await engine.docker
      .getNetwork(network)
      .connect({ Container: container, EndpointConfig: { Aliases: ['mlflow'] } });
  } catch (error) {
    if (!/already exists in network/.test(String(error))) throw error; // another process was first
  }
}

/**
 * The id of the network of that name. The engine lets two processes make one at the same moment,
 * and then the name means neither: the younger one's maker removes it again, and the older one's
 * too where the younger stays because its maker has not seen the older.
 */
async function ensureNetwork(engine: Engine, name: string): Promise<string> {
  const [existing] = await networksOf(engine, name);
  if (existing !== undefined) return existing;
  const made = await unlessStatus(
    409,
    engine.docker.createNetwork({ Name: name, Internal: true, CheckDuplicate: true }),
  );
  let known = await networksOf(engine, name);
  if (made && known.length > 1 && known[0] === made.id) {
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    known = await networksOf(engine, name);
  }
  if (!made || known.length <= 1) return known[0] ?? name;
  await unlessGone(made.remove());
  return known.find((id) => id !== made.id) ?? name;
}

/** The ids of the networks of that name, the oldest first. */
async function networksOf(engine: Engine, name: string): Promise<string[]> {
  const found = await engine.docker.listNetworks({ filters: { name: [`^${name}$`] } });
  const age = (network: Docker.NetworkInspectInfo) => `${network.Created} ${network.Id}`;
  return found.sort((a, b) => (age(a) < age(b) ? -1 : 1)).map(({ Id }) => Id);
}
