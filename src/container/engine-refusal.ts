import { ExpectedFailure, type Failure } from '../errors.ts';

/** What the engine answered when it did not do what it was asked (dockerode's error). */
interface Refusal {
  readonly statusCode: number;
  readonly message?: string;
  readonly json?: { readonly message?: string };
  readonly reason?: string;
}

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

/**
 * An engine's refusal as an expected failure with the engine's own words; undefined for an error
 * that is none. `asked` ends the sentence "the container engine refused to …".
 */
export function engineRefusal(error: unknown, asked: string): ExpectedFailure | undefined {
  if (!isRefusal(error)) return undefined;
  const said = wordsOf(error).trim().replace(/\.$/, '');
  const [, kind, hint] = remedies.find(([pattern]) => pattern.test(said)) ?? [
    undefined,
    'engine' as const,
    'Look at the engine (journalctl -u docker), then run again.',
  ];
  return new ExpectedFailure(
    { kind, cause: `the container engine refused to ${asked}: ${said}`, hint },
    { cause: error },
  );
}

/** Of a request whose answer is a stream, only the error's message has the engine's words. */
function wordsOf(refusal: Refusal): string {
  const streamed = /^\(HTTP code \d+\) .*? - (.*\S)/s.exec(refusal.message ?? '')?.[1];
  return refusal.json?.message ?? streamed ?? refusal.reason ?? String(refusal);
}

function isRefusal(error: unknown): error is Refusal {
  return typeof (error as Partial<Refusal> | null)?.statusCode === 'number';
}
