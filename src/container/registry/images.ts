import type Docker from 'dockerode';
import { doubtOf, type ExpectedImage } from '../identity/doubt.ts';
import { type FoundImage, findImage, type ImageId } from '../identity/found-image.ts';
import { saidBy } from '../request/engine-failure.ts';
import { answerLimit, isAway, type Transfer, transferWarning } from './circuit.ts';
import { registryPlaces } from './places.ts';
import type { Registry } from './registry.ts';
import { pullImage, tagAndPush } from './transfer.ts';
import type { UnmergedRevision } from './unmerged.ts';

interface Reporting {
  readonly env: NodeJS.ProcessEnv;
  readonly unmerged: UnmergedRevision | null;
  readonly report: (line: string) => void;
  readonly signal?: AbortSignal;
}

/**
 * Fetches an image that was sent to the registry before, and gives it its name here; undefined where
 * none is to be had there that is the expected one.
 */
export async function fromRegistry(
  docker: Docker,
  registry: Registry,
  expected: ExpectedImage,
  { env, unmerged, report, signal }: Reporting,
): Promise<FoundImage | undefined> {
  for (const remote of placesFor(registry, expected.reference, unmerged, env).pull) {
    if (isAway(registry.prefix)) return undefined;
    try {
      await pullImage(docker, remote, {
        authconfig: registry.auth,
        signal,
        answerWithin: answerLimit,
      });
      const found = await findImage(docker, remote);
      const doubt = found && doubtOf(found, expected);
      if (found && doubt === undefined) {
        const [repo = '', tag = ''] = expected.reference.split(':');
        await docker.getImage(found.id).tag({ repo, tag });
        return found;
      }
      if (found) report(`warning: ${remote} is not used: ${doubt}`);
    } catch (error) {
      signal?.throwIfAborted();
      const unknown = /manifest unknown|not found|name unknown/i.test(String(error));
      if (!unknown) warn(registry, remote, 'pulled', { error, report });
    }
  }
  return undefined;
}

/** Sends an image to the registry; where that fails there is a warning, and the image is here all the same. */
export async function toRegistry(
  docker: Docker,
  registry: Registry,
  { reference, id }: { readonly reference: string; readonly id: ImageId },
  { env, unmerged, report, signal }: Reporting,
): Promise<void> {
  if (isAway(registry.prefix)) return;
  const { push: remote } = placesFor(registry, reference, unmerged, env);
  if (remote === undefined) {
    report(`Not pushed, for it is of a fork's pull request: ${reference}`);
    return;
  }
  try {
    await tagAndPush(docker, id, remote, { authconfig: registry.auth, signal });
    report(`Pushed image ${remote}`);
  } catch (error) {
    signal?.throwIfAborted();
    warn(registry, remote, 'pushed', { error, report });
  }
}

function placesFor(
  { prefix }: Registry,
  reference: string,
  unmerged: UnmergedRevision | null,
  env: NodeJS.ProcessEnv,
) {
  return registryPlaces(prefix, reference, unmerged, env.GITHUB_REPOSITORY);
}

function warn(
  { prefix }: Registry,
  remote: string,
  transfer: Transfer,
  { error, report }: { readonly error: unknown; readonly report: (line: string) => void },
): void {
  const why = registryTrouble(error);
  const isRefusal = why === refusedCredentials;
  const warning = transferWarning(prefix, remote, transfer, { why, isRefusal });
  if (warning !== undefined) report(warning);
}

const refusedCredentials =
  'the registry refused the credentials; set SIBLING_REGISTRY_USER and SIBLING_REGISTRY_PASSWORD, or docker login';

/** What a registry answered, in a person's words; the engine wraps it in its own. */
export function registryTrouble(error: unknown): string {
  const text = saidBy(error);
  if (/unauthorized|authentication required|denied|no basic auth/i.test(text)) {
    return refusedCredentials;
  }
  return text;
}
