import type { RequestOptions } from 'node:https';
import type Docker from 'dockerode';
import { type CallBack, type DialledCall, exchange } from './exchange.ts';

/** The part of docker-modem that sends what `dial` has made of a call. */
interface Transport {
  buildRequest(
    options: RequestOptions,
    call: DialledCall,
    data: Parameters<typeof exchange>[4],
    done: CallBack,
  ): void;
}

/**
 * A client of the engine none of whose errors is docker-modem's own: all of its requests go through
 * `exchange`. No other file loads dockerode, so that there is no way past it. `address` is as a
 * person would write DOCKER_HOST.
 */
export async function engineClient(
  address: string,
  options: Docker.DockerOptions,
): Promise<Docker> {
  // Not at the top: it takes longer to load than an answer that needs no engine.
  const { default: Client } = await import('dockerode');
  const docker = new Client(options);
  const transport = docker.modem as unknown as Transport;
  const isTls = options.protocol === 'https';
  transport.buildRequest = (request, call, data, done) =>
    exchange(isTls, address, request, call, data, done);
  return docker;
}
