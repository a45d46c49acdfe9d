import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ExpectedFailure } from '../../errors.ts';
import { onlyFile } from '../../github/artifact/artifact.ts';
import { downloadArtifact } from '../../github/artifact/download.ts';
import { type ArtifactService, artifactService } from '../../github/artifact/service.ts';
import { uploadArtifact } from '../../github/artifact/upload.ts';
import { zipFile } from '../../github/artifact/zip-file.ts';
import { largestResults } from '../../github/baton/stage-results.ts';
import { localRemoteFolder, localTransport } from '../../github/job/job.ts';
import type { Project } from '../../project/project.ts';
import { giveTo } from '../../project/project.ts';

/** Where jobs leave what is too large for a baton, by its SHA-256. */
export interface ResultsStore {
  /** Where it is, for a person. */
  readonly place: string;
  /** Keeps a text and gives its hash. */
  keep(text: string): Promise<string>;
  /** Throws 'usage' for a text that is not there, and for one that has another hash. */
  fetch(job: string, hash: string): Promise<string>;
}

/**
 * Jobs that share a disk leave their results in the folder that stands for the remote without
 * credentials; all others as artifacts of the run, which need no permission and outlive an attempt.
 * Throws 'configuration' where there is neither.
 */
export function resultsStore(env: NodeJS.ProcessEnv, project: Pick<Project, 'user'>): ResultsStore {
  if (localTransport(env) === 'folder') {
    return checked(folderShelf(join(localRemoteFolder(env), resultsFolder), project));
  }
  const service = artifactService(env);
  if (!service) throw noService();
  return checked(artifactShelf(service));
}

/** The name of their folder in the remote's; DVC passes over it. */
export const resultsFolder = '.sibling-results';

/** The bare place: what it gives is not looked at. */
interface Shelf {
  readonly place: string;
  put(hash: string, text: string): Promise<void>;
  /** Undefined where it is not there. */
  get(hash: string): Promise<string | undefined>;
}

function checked({ place, put, get }: Shelf): ResultsStore {
  return {
    place,
    async keep(text) {
      const hash = hashOf(text);
      await put(hash, text);
      return hash;
    },
    async fetch(job, hash) {
      const text = await get(hash);
      if (text === undefined) throw missing(job, hash, place);
      if (hashOf(text) !== hash) throw another(job, hash, place);
      return text;
    },
  };
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Milliseconds that results stay in a folder: as long as GitHub lets a run's jobs run again. */
const kept = 30 * 24 * 3600 * 1000;

function folderShelf(folder: string, { user }: Pick<Project, 'user'>): Shelf {
  const pathOf = (hash: string) => join(folder, `${hash}.json`);
  return {
    place: `the folder ${folder}`,
    async put(hash, text) {
      const made = await mkdir(folder, { recursive: true });
      if (made !== undefined) await giveTo(made, user);
      await giveTo(folder, user);
      // Whole or not at all, for a job that looks at the same moment.
      const unfinished = join(folder, `.${randomBytes(8).toString('hex')}`);
      await writeFile(unfinished, text, { flag: 'wx' });
      await giveTo(unfinished, user);
      await rename(unfinished, pathOf(hash));
      await removeOld(folder);
    },
    async get(hash) {
      return readFile(pathOf(hash), 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined;
        throw error;
      });
    },
  };
}

async function removeOld(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    // Another job may have been quicker.
    const stats = await stat(path).catch(() => undefined);
    if (stats && Date.now() - stats.mtimeMs > kept) await rm(path, { force: true });
  }
}

/** The file in an artifact. */
const file = 'results.json';

function artifactShelf(service: ArtifactService): Shelf {
  // By the hash, so that a job that runs again leaves another one, and a baton of an earlier attempt
  // still finds its own.
  const nameOf = (hash: string) => `sibling-results-${hash}`;
  return {
    place: 'the artifacts of this run',
    async put(hash, text) {
      const archive = zipFile(file, Buffer.from(text));
      await uploadArtifact(service, nameOf(hash), archive).catch((error) => {
        throw unreachable('keep', error);
      });
    },
    async get(hash) {
      const artifact = nameOf(hash);
      const archive = await downloadArtifact(service, artifact, largestResults).catch((error) => {
        throw unreachable('give', error);
      });
      return archive && onlyFile(archive, { artifact, file, maxSize: largestResults });
    },
  };
}

function missing(job: string, hash: string, place: string): ExpectedFailure {
  return new ExpectedFailure({
    kind: 'usage',
    cause: `what job ${job} found is not in ${place} (${hash})`,
    hint: 'Run the whole workflow again: what a job found is kept for a time only. Where jobs share no disk, SIBLING_TRANSPORT must not be folder.',
  });
}

function another(job: string, hash: string, place: string): ExpectedFailure {
  return new ExpectedFailure({
    kind: 'usage',
    cause: `what job ${job} found is not in ${place} as the job left it: its SHA-256 is not ${hash}`,
    hint: 'Nothing of it was taken. Run the whole workflow again.',
  });
}

function noService(): ExpectedFailure {
  return new ExpectedFailure({
    kind: 'configuration',
    cause: 'this job has nowhere to leave what it finds: the runner has no artifact service',
    hint: 'Where jobs share a disk, set SIBLING_TRANSPORT=folder in the workflow; under act, give it --artifact-server-path.',
  });
}

function unreachable(verb: 'keep' | 'give', error: unknown): ExpectedFailure {
  return new ExpectedFailure(
    {
      kind: 'github',
      cause: `GitHub's artifact service did not ${verb} what a stage job found: ${(error as Error).message}`,
      hint: 'Run the failed jobs again. Where jobs share a disk, SIBLING_TRANSPORT=folder does without the service.',
    },
    { cause: error },
  );
}
