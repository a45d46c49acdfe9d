import { join } from 'node:path';
import { ensureBaseImage } from '../../../src/container/base-image/base-image.ts';
import { connectEngine } from '../../../src/container/engine.ts';
import { ensureImage } from '../../../src/container/image/image.ts';
import { repository } from '../repository.ts';

/** The reference of a small image for jobs in act's container mode; built when it is not there. */
export async function actJobImage(): Promise<string> {
  const { docker } = await connectEngine();
  const report = (line: string) => process.stderr.write(`${line}\n`);
  const base = await ensureBaseImage(docker, { env: process.env, report });
  const image = await ensureImage(
    docker,
    { folder: join(repository, 'test/rig/act-image'), name: 'act-job' },
    { base, env: {}, unmerged: null, report, verbose: false },
  );
  return image.reference;
}
