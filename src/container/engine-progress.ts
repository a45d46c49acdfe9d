import type Docker from 'dockerode';

/** One line of an engine's streamed answer to a build, pull or push. */
export interface ProgressEvent {
  /** A build's output. */
  readonly stream?: string;
  /** Why it ends here, without what was asked for. */
  readonly error?: string;
}

/**
 * Follows a streamed answer to its end. The engine answers 200 at once and tells what goes wrong
 * later inside the stream, which dockerode takes for an end like any other: rejects with it, as with
 * a stream that breaks off.
 */
export function followProgress(
  docker: Docker,
  stream: NodeJS.ReadableStream,
  onEvent: (event: ProgressEvent) => void = () => undefined,
): Promise<void> {
  let failure: Error | undefined;
  const note = (event: ProgressEvent) => {
    if (event.error !== undefined) failure = new Error(event.error);
    onEvent(event);
  };
  return new Promise((resolve, reject) => {
    const end = (broken: Error | null) => {
      const error = broken ?? failure;
      if (error) reject(error);
      else resolve();
    };
    docker.modem.followProgress(stream, end, note);
  });
}
