import type Docker from 'dockerode';
import { followProgress } from './engine-progress.ts';

interface TransferOptions {
  readonly authconfig?: Docker.AuthConfig | undefined;
  /** Aborting cuts the transfer, which the engine then gives up. */
  readonly signal?: AbortSignal | undefined;
}

/** Pulls an image and waits for the end. Rejects with the registry's or the engine's words. */
export async function pullImage(
  docker: Docker,
  reference: string,
  { authconfig, signal }: TransferOptions = {},
): Promise<void> {
  const stream = await docker.pull(reference, {
    ...(authconfig && { authconfig }),
    ...(signal && { abortSignal: signal }),
  });
  await followProgress(`pull the image ${reference}`, stream);
}

/** Gives an image a second name and pushes it under that. Rejects with the registry's words. */
export async function tagAndPush(
  docker: Docker,
  reference: string,
  remote: string,
  { authconfig, signal }: TransferOptions = {},
): Promise<void> {
  const at = remote.lastIndexOf(':');
  await docker.getImage(reference).tag({ repo: remote.slice(0, at), tag: remote.slice(at + 1) });
  const stream = await docker.getImage(remote).push({
    authconfig,
    ...(signal && { abortSignal: signal }),
  });
  await followProgress(`push the image ${remote}`, stream);
}
