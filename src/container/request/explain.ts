import { ExpectedFailure, type Failure } from '../../errors.ts';
import { EngineRefusal } from './engine-failure.ts';
import type { EngineRequest } from './requests.ts';

/** The engine's words for what is wrong in a request, and what a person can do about it. */
const remedies: readonly [RegExp, Failure['kind'], string][] = [
  [
    /minimum memory limit/i,
    'configuration',
    'Raise meta.sibling.memory of the stage: the engine takes no less than it says.',
  ],
  [
    /range of cpus|nano cpus|only \d+ cpus/i,
    'configuration',
    'Lower meta.sibling.cpus of the stage to what the machine of the engine has.',
  ],
  [
    /bind source path does not exist|mounts denied|not shared from the host/i,
    'engine',
    'The engine does not see this folder: it runs on another machine, in a virtual machine, or this process in a container whose project folder is no mount. Put the project into a folder that the engine sees (docs/DOCKER_SOCKET.md).',
  ],
  [
    /executable file not found|exec: .*no such file|exec format error|exec .*permission denied/i,
    'image',
    'The image cannot start its command: look at ENTRYPOINT and CMD in its Dockerfile, or at the words after -- in cmd.',
  ],
  [
    /no command specified/i,
    'image',
    'Write an ENTRYPOINT or CMD in the Dockerfile, or give the command in dvc.yaml: sibling stage NAME -- COMMAND.',
  ],
  [
    /no such image/i,
    'image',
    'It was removed while the run went on: run again, and it is made anew.',
  ],
  [
    /network .* not found/i,
    'engine',
    'It was removed while the run went on: run again, and it is made anew.',
  ],
  [
    /no space left on device/i,
    'engine',
    'Free some space on the disk of the engine: docker system df shows what fills it, sibling clean --images helps.',
  ],
  [
    /client version .* is too (new|old)/i,
    'engine',
    'Update the container engine: Sibling needs API 1.41 (Docker 20.10) or newer.',
  ],
];

/** What a refusal with these words means to a person who asked the engine to do that. */
function inWords(said: string, asked: string, otherwise: Failure['kind']): Failure {
  const [, kind, hint] = remedies.find(([pattern]) => pattern.test(said)) ?? [
    undefined,
    otherwise,
    'Look at the engine (journalctl -u docker), then run again.',
  ];
  return { kind, cause: `the container engine refused to ${asked}: ${said}`, hint };
}

/** The failure for an answer with a status that is a refusal; `meanings` has words for bare ones. */
export function refusal(
  { asked, kind }: EngineRequest,
  status: number,
  body: Buffer,
  meanings: Readonly<Record<number, unknown>>,
): EngineRefusal {
  const meant = meanings[status];
  const said =
    wordsIn(body) || (typeof meant === 'string' ? meant : `it answers with HTTP status ${status}`);
  return new EngineRefusal(status, said, inWords(said, asked, kind));
}

/** The failure for an error that the engine tells in the middle of a streamed answer. */
export function refusalInStream(asked: string, said: string): EngineRefusal {
  const plain = trimmed(said) || 'it does not say why';
  return new EngineRefusal(200, plain, inWords(plain, asked, 'image'));
}

/** The failure for an answer that is not what such a request is answered with. */
export function nonsense({ asked }: Pick<EngineRequest, 'asked'>, body: Buffer): ExpectedFailure {
  const excerpt = trimmed(body.toString()).slice(0, 200);
  return new ExpectedFailure({
    kind: 'engine',
    cause: `the container engine was asked to ${asked} and gave an answer that Sibling does not understand: ${excerpt === '' ? 'an empty one' : excerpt}`,
    hint: 'Look whether DOCKER_HOST leads to Docker or Podman itself, not to a proxy or to another server.',
  });
}

/**
 * The same failure with better words for what was asked: `asked` ends the sentence "the container
 * engine refused to …". Undefined for an error that is no refusal.
 */
export function engineRefusal(error: unknown, asked: string): ExpectedFailure | undefined {
  if (!(error instanceof EngineRefusal)) return undefined;
  const { statusCode, said, failure } = error;
  return new EngineRefusal(statusCode, said, inWords(said, asked, failure.kind));
}

/** Docker and Podman answer `{"message": …}`, a proxy before them a page of text. */
function wordsIn(body: Buffer): string {
  const text = body.toString();
  try {
    const { message } = JSON.parse(text) as { message?: unknown };
    if (typeof message === 'string') return trimmed(message);
  } catch {
    // no JSON: its own text
  }
  return trimmed(text.replace(/<[^>]*>/g, ' '));
}

function trimmed(said: string): string {
  return said.replace(/\s+/g, ' ').trim().replace(/\.$/, '').slice(0, 2_000);
}
