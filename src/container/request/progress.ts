import { StringDecoder } from 'node:string_decoder';
import { nonsense, refusalInStream } from './explain.ts';

/** One line of an engine's streamed answer to a build, pull, push or import. */
export interface ProgressEvent {
  /** A build's output. */
  readonly stream?: string;
  /** Why it ends here, without what was asked for. */
  readonly error?: string;
  /** The id of what a build has made. */
  readonly made?: string;
}

/**
 * Follows a streamed answer to its end. The engine answers 200 at once and tells what goes wrong
 * later inside the stream: rejects with its words, as with a stream that breaks off or is no
 * progress at all. `asked` ends the sentence "the container engine refused to …".
 */
export async function followProgress(
  asked: string,
  stream: NodeJS.ReadableStream,
  onEvent: (event: ProgressEvent) => void = () => undefined,
): Promise<void> {
  let told: string | undefined;
  const note = (line: string) => {
    if (line.trim() === '') return;
    const event = eventOf(line);
    if (event === undefined) throw nonsense({ asked }, Buffer.from(line));
    told = event.error ?? told;
    onEvent(event);
  };
  const decoder = new StringDecoder();
  let rest = '';
  // Not by readline, whose errors nobody can catch until somebody iterates it.
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    const lines = (rest + decoder.write(chunk)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) note(line);
  }
  note(rest + decoder.end());
  if (told !== undefined) throw refusalInStream(asked, told);
}

/** Undefined for a line that is no event. Older engines give `error` alone, newer ones both. */
function eventOf(line: string): ProgressEvent | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const { stream, error, errorDetail, aux } = value as Record<string, unknown>;
  const made = (aux as { ID?: unknown } | null | undefined)?.ID;
  const detail = (errorDetail as { message?: unknown } | null | undefined)?.message;
  const why = [error, detail, errorDetail].find((each) => each !== undefined && each !== null);
  return {
    ...(typeof stream === 'string' && { stream }),
    ...(typeof made === 'string' && { made }),
    ...(why !== undefined && { error: typeof why === 'string' ? why : JSON.stringify(why) }),
  };
}
