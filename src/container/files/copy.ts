import { dirname, posix } from 'node:path';
import { ExpectedFailure } from '../../errors.ts';
import { contains, PathSet } from '../../system/contains.ts';
import type { FilePlacement, PlacedFile } from './placement.ts';
import { receiveFolder } from './receive-folder.ts';
import { packFolders } from './send-folder.ts';
import { SentFiles } from './sent-files.ts';

/**
 * Copies through the engine's archive API, where the daemon cannot see our files: a remote daemon,
 * or a folder in this container's own layer. Each folder gets a volume of its own, which the
 * container's removal removes, since the archive API cannot write to a read-only root. What changed
 * comes back, but for `.git`: commits that a person makes meanwhile must not be undone.
 */
export function copyPlacement(because: string): FilePlacement {
  const sent = new SentFiles();
  return {
    kind: 'copy',
    because,
    reaches: () => true,
    mounts: (files) =>
      volumesFor(files).map((Target) => ({ Type: 'volume', Source: '', Target, ReadOnly: false })),
    bringIn: async (container, files, user) => {
      const volumes = volumesFor(files);
      for (const path of volumes) {
        const parts = files.filter(
          ({ target }) =>
            contains(path, target) &&
            !volumes.some(
              (inner) => inner !== path && contains(path, inner) && contains(inner, target),
            ),
        );
        await container.putArchive(packFolders(path, parts, user, sent), { path });
      }
    },
    takeOut: async (container, files) => {
      for (const top of outermost(files).filter((file) => !file.readOnly)) {
        const readOnly = files.filter((file) => file.readOnly).map(({ target }) => target);
        const archive = await container.getArchive({ path: top.target });
        await receiveFolder(archive, top, [...readOnly, `${top.target}/.git`], sent);
      }
    },
  };
}

/** Those that do not lie within another one: only these need a volume. */
function outermost(files: readonly PlacedFile[]): PlacedFile[] {
  const targets = new PathSet(files.map(({ target }) => target));
  return files.filter(({ target }) => targets.around(dirname(target)) === undefined);
}

/**
 * The folders that need a volume. A file that is in none of the folders gets the folder that it lies
 * in: what the image has there the engine copies into the new volume.
 */
function volumesFor(files: readonly PlacedFile[]): string[] {
  const folders = outermost(files).map((file) => {
    if (file.kind === 'directory') return file.target;
    const folder = posix.dirname(file.target);
    if (folder === '/') throw cannotCopy(file);
    return folder;
  });
  return [...new Set(folders)];
}

function cannotCopy(file: PlacedFile): ExpectedFailure {
  return new ExpectedFailure({
    kind: 'configuration',
    cause: `${file.source} would lie in the root folder of a container, where no file can be copied to`,
    hint: 'Put it into the project, or into a folder.',
  });
}
