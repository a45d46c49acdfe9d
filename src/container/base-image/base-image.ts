import type Docker from 'dockerode';
import { ExpectedFailure } from '../../errors.ts';
import { hostCertificates } from '../../network/trusted-certificates.ts';
import { withDeadline } from '../engine.ts';
import { pullImage } from '../registry/transfer.ts';
import { saidBy } from '../request/engine-failure.ts';
import { isDebian } from '../setup/debian.ts';
import { debianBase, debianReference, doubtOfDebian } from './debian.ts';
import {
  type BaseImage,
  type BaseImageRequest,
  localBase,
  requiredBase,
  secondsSince,
} from './local.ts';
import { trustingBase } from './trusting.ts';

/** The default of `ARG BASE` in this project's Dockerfiles. */
export const stockBase =
  'python:3.11-slim-bookworm@sha256:a36c24f9cbdf4fd0f52d67f0823eeac19c2028c637cecc392d97f980d4fec56b';

/** How long a registry may take to hand out the base image, in milliseconds. */
const pullDeadline = 300_000;

/**
 * The base image: what SIBLING_BASE_IMAGE names, else the stock one from the local daemon or its
 * registry, else one made of Debian's packages. When the host trusts a certificate bundle of its
 * own, the base trusts it too, so that builds work behind the same proxies as the host.
 */
export async function ensureBaseImage(
  docker: Docker,
  request: BaseImageRequest,
): Promise<BaseImage> {
  const plain = await plainBase(docker, request);
  if (plain.platform !== plain.engine) {
    request.report(
      `warning: the base image ${plain.reference} is for ${plain.platform}, and this engine runs ${plain.engine}: what is built from it may not run`,
    );
  }
  const bundle = hostCertificates(request.env);
  return bundle ? trustingBase(docker, plain, bundle, request) : plain;
}

/**
 * The base image that images of this project are built from, if this machine has it already. Of the
 * ones that nobody has chosen only what was made as it should be, for this engine, counts.
 */
export async function existingBaseImage(
  docker: Docker,
  env: NodeJS.ProcessEnv,
): Promise<BaseImage | undefined> {
  const wanted = env.SIBLING_BASE_IMAGE ?? stockBase;
  if (wanted !== stockBase) return localBase(docker, wanted);
  const stock = await localBase(docker, stockBase, ({ platform }, engine) =>
    platform === engine ? undefined : `it is for ${platform}`,
  );
  return stock ?? localBase(docker, debianReference, doubtOfDebian);
}

async function plainBase(docker: Docker, request: BaseImageRequest): Promise<BaseImage> {
  const existing = await existingBaseImage(docker, request.env);
  if (existing) return existing;
  const wanted = request.env.SIBLING_BASE_IMAGE ?? stockBase;
  const begun = performance.now();
  try {
    request.report(`Pulling the base image ${wanted}`);
    await withDeadline(pullImage(docker, wanted, { signal: request.signal }), pullDeadline);
    request.report(`Pulled the base image (${secondsSince(begun)})`);
    return await requiredBase(docker, wanted);
  } catch (error) {
    request.signal?.throwIfAborted();
    const why = saidBy(error);
    if (wanted !== stockBase || !isDebian()) throw noBase(wanted, why);
    request.report(`No registry gives the base image (${shortReason(why)})`);
    return debianBase(docker, request);
  }
}

function shortReason(why: string): string {
  return /no such host|no answer|refused|timeout|unreachable/i.exec(why)?.[0] ?? why.slice(0, 120);
}

function noBase(reference: string, why: string): ExpectedFailure {
  return new ExpectedFailure({
    kind: 'image',
    cause: `the base image ${reference} cannot be pulled: ${why}`,
    hint: 'Check the network and the registry, or name an image that you have: SIBLING_BASE_IMAGE=… in .env.',
  });
}
