import type Docker from 'dockerode';
import { ExpectedFailure } from '../../errors.ts';
import { absentThoughMade, type BaseName } from '../base-image/local.ts';
import { findImage, type ImageId } from '../identity/found-image.ts';
import { answerLimit } from '../registry/circuit.ts';
import { registryTrouble } from '../registry/images.ts';
import { loginFor } from '../registry/registry.ts';
import { pullImage } from '../registry/transfer.ts';

interface Pulling {
  readonly base: BaseName;
  readonly env: NodeJS.ProcessEnv;
  readonly report: (line: string) => void;
  readonly signal?: AbortSignal;
}

/**
 * The image of a `name@sha256:digest`, pulled where it is not here. One digest may stand for an image of
 * each architecture, so that what is here for another one is asked for anew; where no other is to be
 * had it is taken with a warning, for an engine may emulate. Throws 'configuration' without a digest.
 */
export async function pinnedImage(
  docker: Docker,
  reference: string,
  { base, env, report, signal }: Pulling,
): Promise<{ readonly id: ImageId; readonly source: 'local' | 'registry' }> {
  requireDigest(reference);
  const here = await findImage(docker, reference);
  if (here?.platform === base.engine) return { id: here.id, source: 'local' };
  report(`Pulling ${reference}${here ? `: what is here is for ${here.platform}` : ''}`);
  const authconfig = await loginFor(env, reference);
  const patience = here && { answerWithin: answerLimit };
  await pullImage(docker, reference, { authconfig, signal, ...patience }).catch((error) => {
    signal?.throwIfAborted();
    if (!here) throw notPulled(reference, error);
  });
  const found = await findImage(docker, reference);
  if (!found) throw absentThoughMade(reference);
  if (found.platform !== base.engine) {
    report(
      `warning: ${reference} is for ${found.platform}, and this engine runs ${base.engine}: it may not run`,
    );
  }
  return { id: found.id, source: found.id === here?.id ? 'local' : 'registry' };
}

function requireDigest(reference: string): void {
  if (/^[^@\s]+@sha256:[0-9a-f]{64}$/.test(reference)) return;
  throw new ExpectedFailure({
    kind: 'configuration',
    cause: `the image ${reference} is named without a digest, so that it may change beneath the pipeline`,
    hint: `Pin it: docker pull ${reference.replace(/@.*/, '')}, then docker inspect --format '{{index .RepoDigests 0}}' tells the reference to use.`,
  });
}

function notPulled(reference: string, error: unknown): ExpectedFailure {
  return new ExpectedFailure(
    {
      kind: 'image',
      cause: `the image ${reference} cannot be pulled: ${registryTrouble(error)}`,
      hint: 'Look whether the name and the digest are right and the registry can be reached: docker pull does the same.',
    },
    { cause: error },
  );
}
