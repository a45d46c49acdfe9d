import { pack } from 'tar-stream';
import type { User } from '../system/user.ts';

/** A tar archive with private files (0600) in a private folder, for the engine's archive API. */
export async function privateFilesArchive(
  folder: string,
  files: Readonly<Record<string, string>>,
  { uid, gid }: User,
): Promise<Buffer> {
  const archive = pack();
  archive.entry({ name: folder, type: 'directory', mode: 0o700, uid, gid });
  for (const [name, text] of Object.entries(files)) {
    archive.entry({ name: `${folder}/${name}`, mode: 0o600, uid, gid }, text);
  }
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
