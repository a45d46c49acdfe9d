import { randomBytes } from 'node:crypto';
import type { OutputLines } from '../container/log-lines.ts';
import type { Direction } from '../remote/failure.ts';
import type {
  TransferEvent,
  TransferProgress,
  TransferTrouble,
} from '../remote/transfer-events.ts';
import { EventReader } from '../run/progress/events.ts';
import {
  type RunnerContainer,
  type RunnerRequest,
  runDvcHere,
  runDvcInContainer,
} from '../run/runner/runner.ts';
import { byteSize, duration } from '../terminal/table.ts';
import { filesText, TransferRate } from './rate.ts';
import type { TransferView } from './view.ts';

export interface AttemptRequest {
  /** Absent inside the runner image. */
  readonly where: RunnerContainer | undefined;
  readonly request: Omit<RunnerRequest, 'onOutput'>;
  readonly targets: readonly string[];
  readonly view: TransferView;
}

/** How one `dvc push` or `dvc pull` ended. */
export interface Attempt {
  readonly code: number;
  /** What DVC printed for people. */
  readonly output: readonly string[];
  readonly trouble: TransferTrouble;
  readonly verified: Extract<TransferEvent, { type: 'verified' }> | undefined;
}

const verbs: Record<Direction, string> = { push: 'sent', pull: 'fetched' };

/** Runs `dvc push` or `dvc pull` once and shows how far it has come. */
export async function transferOnce(
  { where, request, targets, view }: AttemptRequest,
  direction: Direction,
): Promise<Attempt> {
  const token = randomBytes(8).toString('hex');
  const story = new Story(token, verbs[direction], view);
  const begun = performance.now();
  const full: RunnerRequest = {
    ...request,
    env: { ...request.env, SIBLING_TRANSFER_TOKEN: token },
    onOutput: (output) => story.take(output),
  };
  const dvcArguments = [direction, '--run-cache', '--', ...targets];
  try {
    const code = where
      ? await runDvcInContainer(where, full, dvcArguments)
      : await runDvcHere(full, dvcArguments);
    if (code !== 0) request.signal?.throwIfAborted();
    view.end();
    const { output, trouble, verified, progress } = story;
    if (progress && progress.files > 0) {
      const seconds = (performance.now() - begun) / 1000;
      const { files, bytes } = progress;
      const much = `${filesText(files)}, ${byteSize(bytes)}`;
      view.line(`${verbs[direction]} ${much} in ${duration(seconds)}`);
    }
    return { code, output, trouble, verified };
  } finally {
    view.end();
  }
}

/** What the runner's output tells. */
class Story {
  readonly output: string[] = [];
  trouble: TransferTrouble = {};
  verified: Attempt['verified'];
  progress: TransferProgress | undefined;
  readonly #reader: EventReader<TransferEvent>;
  readonly #rate: TransferRate;
  readonly #view: TransferView;

  constructor(token: string, verb: string, view: TransferView) {
    this.#reader = new EventReader(token);
    this.#rate = new TransferRate(verb);
    this.#view = view;
  }

  take({ lines }: OutputLines): void {
    for (const line of lines) {
      const { before, event } = this.#reader.take(line);
      if (before !== undefined && before.trim() !== '') this.output.push(before);
      if (event !== undefined && event !== 'part') this.#apply(event);
    }
  }

  #apply(event: TransferEvent): void {
    switch (event.type) {
      case 'progress': {
        this.progress = event;
        const text = this.#rate.text(event, performance.now());
        if (text !== undefined) this.#view.progress(text);
        return;
      }
      case 'verified':
        this.verified = event;
        return;
      default:
        this.trouble = { ...this.trouble, [event.type]: event };
    }
  }
}
