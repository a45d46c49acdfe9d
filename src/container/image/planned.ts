import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { ExpectedFailure } from '../../errors.ts';
import { readWhole } from '../../system/read-whole.ts';
import type { BaseImage, BaseName } from '../base-image/local.ts';
import type { ExpectedImage } from '../identity/doubt.ts';
import { type BuildContext, readBuildContext } from './build-context.ts';

/** A folder with a Dockerfile. */
export interface ImageFolder {
  readonly folder: string;
  readonly name?: string;
  readonly dockerfile?: string;
  /** Limits the context to some of the folder's children. */
  readonly include?: readonly string[];
}

/** The image of a folder as its files are now. */
export interface PlannedImage {
  readonly reference: string;
  readonly context: BuildContext;
  readonly dockerfile: string;
  /** Whether it is built from the base image. */
  readonly onBase: boolean;
  /** Whether its Dockerfile says what it is for. */
  readonly choosesPlatform: boolean;
}

/** Reads a folder. Throws 'configuration' without a Dockerfile. */
export function planImage(source: ImageFolder, base: BaseName): PlannedImage {
  const name = repositoryName(source.name ?? basename(source.folder));
  const dockerfile = source.dockerfile ?? 'Dockerfile';
  const path = join(source.folder, dockerfile);
  if (!existsSync(path)) throw noDockerfile(source.folder, dockerfile);
  const context = readBuildContext(source.folder, source.include);
  const text = readWhole(path).toString('utf8');
  return {
    reference: `sibling/${name}:${imageTag(context, dockerfile, base)}`,
    context,
    dockerfile,
    onBase: buildsOnBase(text),
    choosesPlatform: choosesPlatform(text),
  };
}

/** What an image has to be to be taken for the planned one. */
export function expectationOf(planned: PlannedImage, base: BaseImage): ExpectedImage {
  const { reference, onBase } = planned;
  if (planned.choosesPlatform) return { reference };
  return { reference, platform: onBase ? base.platform : base.engine };
}

/** Whether one of a Dockerfile's stages starts from the build argument BASE. */
export function buildsOnBase(dockerfile: string): boolean {
  return /^[ \t]*FROM[ \t]+(?:--\S+[ \t]+)*\$\{?BASE\b/im.test(dockerfile);
}

/** Whether one of a Dockerfile's stages says for what it is, as `FROM --platform=linux/amd64` does. */
export function choosesPlatform(dockerfile: string): boolean {
  return /^[ \t]*FROM[ \t]+(?:--\S+[ \t]+)*--platform=/im.test(dockerfile);
}

/** The first 20 hex digits of SHA-256 over content, Dockerfile name, base image and platform. */
export function imageTag(context: BuildContext, dockerfile: string, base: BaseName): string {
  return createHash('sha256')
    .update(JSON.stringify([context.hash, dockerfile, base.id, base.engine]))
    .digest('hex')
    .slice(0, 20);
}

/** A folder's name as the repository part of an image reference allows it. */
export function repositoryName(name: string): string {
  const cleaned = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return cleaned === '' ? 'stage' : cleaned;
}

function noDockerfile(folder: string, dockerfile: string): ExpectedFailure {
  return new ExpectedFailure({
    kind: 'configuration',
    cause: `there is no ${dockerfile} in ${relative(process.cwd(), folder) || '.'}`,
    hint: 'Write one there, or name another folder, or an image with its digest, in meta.sibling.image of the stage.',
  });
}
