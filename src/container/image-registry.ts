import type Docker from 'dockerode';
import { pullImage, tagAndPush } from './image-transfer.ts';
import type { Registry } from './registry.ts';
import { answerLimit, isAway, type Transfer, transferWarning } from './registry-circuit.ts';
import { saidBy } from './request/engine-failure.ts';

interface Reporting {
  readonly report: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** Fetches an image that was sent to the registry before; false where it is not to be had there. */
export async function fromRegistry(
  docker: Docker,
  registry: Registry,
  reference: string,
  { report, signal }: Reporting,
): Promise<boolean> {
  if (isAway(registry.prefix)) return false;
  const remote = inRegistry(registry, reference);
  try {
    await pullImage(docker, remote, {
      authconfig: registry.auth,
      signal,
      answerWithin: answerLimit,
    });
    const [repo = '', tag = ''] = reference.split(':');
    await docker.getImage(remote).tag({ repo, tag });
    return true;
  } catch (error) {
    signal?.throwIfAborted();
    const unknown = /manifest unknown|not found|name unknown/i.test(String(error));
    if (!unknown) warn(registry, remote, 'pulled', { error, report });
    return false;
  }
}

/** Sends an image to the registry; where that fails there is a warning, and the image is here all the same. */
export async function toRegistry(
  docker: Docker,
  registry: Registry,
  reference: string,
  { report, signal }: Reporting,
): Promise<void> {
  if (isAway(registry.prefix)) return;
  const remote = inRegistry(registry, reference);
  try {
    await tagAndPush(docker, reference, remote, { authconfig: registry.auth, signal });
    report(`Pushed image ${remote}`);
  } catch (error) {
    signal?.throwIfAborted();
    warn(registry, remote, 'pushed', { error, report });
  }
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

/** `sibling/train:hash` becomes `ghcr.io/owner/sibling-train:hash`. */
function inRegistry(registry: Registry, reference: string): string {
  return `${registry.prefix}/${reference.replace('/', '-')}`;
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
