import type Docker from 'dockerode';
import type { Engine } from './engine.ts';
import type { ImageId } from './identity/found-image.ts';

/**
 * What a container is made of: of an image by its id, for a name may be another image's by the time that
 * the engine reads it.
 */
export type ContainerOptions = Docker.ContainerCreateOptions & { readonly Image: ImageId };

/** The log driver that bounds and compresses a container's log. */
const keptLog = { Docker: 'local', Podman: 'k8s-file' } as const;

/**
 * Creates a container whose log on the engine's disk is bounded to twice `logMegabytes`. Rejects with
 * the engine's answer.
 *
 * Left to itself dockerode writes the options into the address as well as into the body, so that
 * variables with secrets end up in the engine's request log (docker-modem, buildQuerystring).
 */
export function createContainer(
  { docker, product }: Pick<Engine, 'docker' | 'product'>,
  options: ContainerOptions,
  logMegabytes = 64,
): Promise<Docker.Container> {
  const { name, ...body } = options;
  const size = { 'max-size': `${logMegabytes}m` };
  const Config = product === 'Docker' ? { ...size, 'max-file': '2' } : size;
  const HostConfig = { ...body.HostConfig, LogConfig: { Type: keptLog[product], Config } };
  const split = { _query: name === undefined ? {} : { name }, _body: { ...body, HostConfig } };
  return docker.createContainer(split as Docker.ContainerCreateOptions);
}
