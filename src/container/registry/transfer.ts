import type Docker from 'dockerode';
import type { ImageId } from '../identity/found-image.ts';
import { followProgress } from '../request/progress.ts';

interface TransferOptions {
  readonly authconfig?: Docker.AuthConfig | undefined;
  /** Aborting cuts the transfer, which the engine then gives up. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds until the engine has to have an answer of the registry. */
  readonly answerWithin?: number;
}

/** Pulls an image and waits for the end. Rejects with the registry's or the engine's words. */
export async function pullImage(
  docker: Docker,
  reference: string,
  { authconfig, signal, answerWithin }: TransferOptions = {},
): Promise<void> {
  const impatience = new AbortController();
  const timer =
    answerWithin === undefined ? undefined : setTimeout(() => impatience.abort(), answerWithin);
  try {
    // The engine's own answer begins with the first word of the registry's.
    const stream = await docker.pull(reference, {
      ...(authconfig && { authconfig }),
      abortSignal: AbortSignal.any([impatience.signal, ...(signal ? [signal] : [])]),
    });
    clearTimeout(timer);
    await followProgress(`pull the image ${reference}`, stream);
  } catch (error) {
    if (!impatience.signal.aborted) throw error;
    throw new Error(`no answer within ${Math.round((answerWithin ?? 0) / 1000)} s`, {
      cause: error,
    });
  } finally {
    clearTimeout(timer);
  }
}

/** Gives an image, by its id, another name and pushes it under that. Rejects with the registry's words. */
export async function tagAndPush(
  docker: Docker,
  id: ImageId,
  remote: string,
  { authconfig, signal }: TransferOptions = {},
): Promise<void> {
  const at = remote.lastIndexOf(':');
  await docker.getImage(id).tag({ repo: remote.slice(0, at), tag: remote.slice(at + 1) });
  const stream = await docker.getImage(remote).push({
    authconfig,
    ...(signal && { abortSignal: signal }),
  });
  await followProgress(`push the image ${remote}`, stream);
}
