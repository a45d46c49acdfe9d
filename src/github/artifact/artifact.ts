import { text } from 'node:stream/consumers';
import { types } from 'node:util';
import * as v from 'valibot';
import { fromBufferPromise } from 'yauzl';
import { ExpectedFailure } from '../../errors.ts';
import { itemsOf } from '../api/answers.ts';
import type { GitHubRequest } from '../api/request.ts';

/** A workflow run's artifact, and the one file that it must hold. */
export interface ArtifactFile {
  readonly owner: string;
  readonly repo: string;
  readonly run: number;
  readonly artifact: string;
  readonly file: string;
  /** Bytes of the file, and of the archive that it comes in. */
  readonly maxSize: number;
}

/**
 * The text of a file in an artifact that a stranger may have made: the archive must hold this file and
 * nothing else, and both must be as small as they say. Undefined when the run has no such artifact.
 * Throws 'github'.
 */
export async function artifactText(
  request: GitHubRequest,
  wanted: ArtifactFile,
): Promise<string | undefined> {
  const { owner, repo, run, artifact, maxSize } = wanted;
  const list = await request('GET /repos/{owner}/{repo}/actions/runs/{run_id}/artifacts', {
    ...{ owner, repo, run_id: run, name: artifact, per_page: 100 },
  });
  // An attempt may have left one each: ids grow with time, and the list is not always in their order.
  const found = artifactsIn(list.data, artifact)
    .filter(({ name, expired }) => name === artifact && expired !== true)
    .reduce<Artifact | undefined>(
      (newest, one) => (newest && newest.id > one.id ? newest : one),
      undefined,
    );
  if (!found) return undefined;
  if (found.size_in_bytes > maxSize) {
    throw refused(artifact, `it has ${found.size_in_bytes} bytes, more than ${maxSize}`);
  }
  const route = 'GET /repos/{owner}/{repo}/actions/artifacts/{artifact_id}/{archive_format}';
  const archive = { owner, repo, artifact_id: found.id, archive_format: 'zip' };
  const { data } = await request(route, archive);
  if (!types.isArrayBuffer(data) || data.byteLength > maxSize) {
    throw refused(artifact, 'it is not the archive that GitHub announced');
  }
  return onlyFile(Buffer.from(data), wanted);
}

const artifactSchema = v.object({
  id: v.number(),
  name: v.string(),
  size_in_bytes: v.number(),
  expired: v.nullish(v.boolean()),
});
type Artifact = v.InferOutput<typeof artifactSchema>;

/** Those of a name. Throws BrokenAnswer where one of them is not as described. */
function artifactsIn(data: unknown, name: string): Artifact[] {
  const { artifacts } = Object(data) as { artifacts?: unknown };
  const isMeant = (item: { readonly name?: unknown }) =>
    typeof item.name === 'string' ? item.name === name : undefined;
  return itemsOf(artifactSchema, `artifacts called ${name}`, artifacts, isMeant);
}

/** The one file in an archive. Throws 'github' for a second one, another name or a false size. */
export async function onlyFile(
  archive: Buffer,
  { artifact, file, maxSize }: Pick<ArtifactFile, 'artifact' | 'file' | 'maxSize'>,
): Promise<string> {
  try {
    const zip = await fromBufferPromise(archive, { strictFileNames: true });
    if (zip.entryCount !== 1) throw refused(artifact, `it holds ${zip.entryCount} files, not one`);
    const { value: entry } = await zip.eachEntry().next();
    if (!entry || entry.fileName !== file) throw refused(artifact, `it does not hold ${file}`);
    if (entry.uncompressedSize > maxSize) {
      throw refused(artifact, `${file} has ${entry.uncompressedSize} bytes, more than ${maxSize}`);
    }
    // The stream ends with an error as soon as there is more than the entry announced.
    return await text(await zip.openReadStreamPromise(entry));
  } catch (error) {
    if (error instanceof ExpectedFailure) throw error;
    const [line] = String((error as Error).message).split('\n');
    throw refused(artifact, `it is no proper archive (${line?.slice(0, 200)})`);
  }
}

function refused(artifact: string, cause: string): ExpectedFailure {
  return new ExpectedFailure({
    kind: 'github',
    cause: `the artifact ${artifact} is refused: ${cause}`,
    hint: 'Only what actions/comment-metrics wrote is shown; run the pipeline again.',
  });
}
