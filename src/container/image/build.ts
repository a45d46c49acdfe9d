import { join, relative } from 'node:path';
import type Docker from 'dockerode';
import { ExpectedFailure } from '../../errors.ts';
import { absentThoughMade, type BaseImage } from '../base-image/local.ts';
import { doubtOf, nameLabel } from '../identity/doubt.ts';
import { type FoundImage, findImage } from '../identity/found-image.ts';
import { saidBy } from '../request/engine-failure.ts';
import { followProgress, type ProgressEvent } from '../request/progress.ts';
import { contextArchive } from './build-context.ts';
import type { PlannedImage } from './planned.ts';

interface Building {
  readonly base: BaseImage;
  readonly env: NodeJS.ProcessEnv;
  readonly report: (line: string) => void;
  /** Show the output of the build. */
  readonly verbose: boolean;
  readonly signal?: AbortSignal;
}

/** Predefined by Docker, so that no Dockerfile needs to declare them. */
const proxyVariables = [
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
];

/**
 * Builds an image, and gives the very one that was made, whatever becomes of its name meanwhile. Throws
 * 'image' with the end of the build's output.
 */
export async function buildImage(
  docker: Docker,
  { context, dockerfile, reference }: PlannedImage,
  { base, env, report, verbose, signal }: Building,
): Promise<FoundImage> {
  const proxies = proxyVariables.flatMap((name) => (env[name] ? [[name, env[name]]] : []));
  const options = {
    t: reference,
    dockerfile,
    networkmode: 'host',
    rm: true,
    forcerm: true,
    // By its id: its name may be another image's by now.
    buildargs: { BASE: base.image, ...Object.fromEntries(proxies) },
    labels: { [nameLabel]: reference },
    // The engine ends a build whose caller has hung up, and removes its container.
    ...(signal && { abortSignal: signal }),
  };
  const output: string[] = [];
  let made = reference;
  const note = (event: ProgressEvent) => {
    made = event.made ?? made;
    const lines = (event.stream ?? event.error ?? '').split('\n').filter((line) => line.trim());
    output.push(...lines);
    if (verbose) for (const line of lines) report(`  ${line}`);
  };
  try {
    const stream = await docker.buildImage(contextArchive(context), options);
    await followProgress(`build the image ${reference}`, stream, note);
  } catch (error) {
    signal?.throwIfAborted();
    const step = output.findLast((line) => /^Step \d+\/\d+ : /.test(line));
    throw new ExpectedFailure(
      {
        kind: 'image',
        cause: `building ${reference} failed${step ? ` at ${step}` : ''}: ${saidBy(error)}`,
        hint: 'Mend the Dockerfile, or what it installs; --verbose shows the whole build.',
        place: { file: join(relative(process.cwd(), context.folder), dockerfile) },
        details: output.slice(-30),
      },
      { cause: error },
    );
  }
  const found = await findImage(docker, made);
  if (!found || doubtOf(found, { reference }) !== undefined) throw absentThoughMade(reference);
  return found;
}
