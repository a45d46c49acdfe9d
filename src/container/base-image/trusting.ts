import type { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { pack } from 'tar-stream';
import { ExpectedFailure } from '../../errors.ts';
import { doubtOf, nameLabel, notUsed } from '../identity/doubt.ts';
import { findImage } from '../identity/found-image.ts';
import { saidBy } from '../request/engine-failure.ts';
import { followProgress, type ProgressEvent } from '../request/progress.ts';
import {
  absentThoughMade,
  type BaseImage,
  type BaseImageRequest,
  digest,
  secondsSince,
} from './local.ts';

const certificates = '/etc/ssl/certs/ca-certificates.crt';

/**
 * The base image with the host's certificates added, and every usual client told to look there.
 * Throws 'image' with the end of the build's output when it cannot be built.
 */
export async function trustingBase(
  docker: Docker,
  base: BaseImage,
  bundle: Buffer,
  { report, signal }: BaseImageRequest,
): Promise<BaseImage> {
  const reference = `sibling/base:trusting-${digest(base.id + digest(bundle))}`;
  const expected = { reference, platform: base.platform };
  const existing = await findImage(docker, reference);
  const doubt = existing && doubtOf(existing, expected);
  if (existing && doubt === undefined) return { ...base, reference, image: existing.id };
  if (existing && doubt !== undefined) report(notUsed(existing, expected, doubt));
  const begun = performance.now();
  const variables = ['SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE', 'PIP_CERT', 'CURL_CA_BUNDLE'];
  const dockerfile = [
    `FROM ${base.image}`,
    'COPY host.crt /usr/local/share/ca-certificates/host.crt',
    `RUN mkdir -p /etc/ssl/certs && cat /usr/local/share/ca-certificates/host.crt >> ${certificates}`,
    `ENV ${variables.map((name) => `${name}=${certificates}`).join(' ')}`,
  ];
  const archive = pack();
  archive.entry({ name: 'Dockerfile' }, dockerfile.join('\n'));
  archive.entry({ name: 'host.crt' }, bundle);
  archive.finalize();
  const output: string[] = [];
  let made = reference;
  const note = ({ stream = '', made: id = made }: ProgressEvent) => {
    made = id;
    output.push(...stream.split('\n').filter((line) => line.trim() !== ''));
  };
  try {
    const build = await docker.buildImage(archive as unknown as Readable, {
      t: reference,
      labels: { [nameLabel]: reference },
      rm: true,
      forcerm: true,
      ...(signal && { abortSignal: signal }),
    });
    await followProgress(`build the image ${reference}`, build, note);
  } catch (error) {
    signal?.throwIfAborted();
    throw new ExpectedFailure(
      {
        kind: 'image',
        cause: `adding this host's certificates to ${base.reference} failed: ${saidBy(error)}`,
        hint: 'Name a base image that has /bin/sh and cat (SIBLING_BASE_IMAGE=… in .env), or look at the engine (docker system df, journalctl -u docker).',
        details: output.slice(-20),
      },
      { cause: error },
    );
  }
  const found = await findImage(docker, made);
  if (!found || doubtOf(found, { reference }) !== undefined) throw absentThoughMade(reference);
  report(`Added this host's certificates to the base image (${secondsSince(begun)})`);
  return { ...base, reference, image: found.id };
}
