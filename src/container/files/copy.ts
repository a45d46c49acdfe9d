import { dirname } from 'node:path';
import { contains, PathSet } from '../../contains.ts';
import { ExpectedFailure } from '../../errors.ts';
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
    mounts: (files) =>
      outermost(files).map((file) => {
        if (file.kind === 'file') throw cannotCopy(file);
        return { Type: 'volume', Source: '', Target: file.target, ReadOnly: false };
      }),
    bringIn: async (container, files, user) => {
      for (const top of outermost(files)) {
        const parts = files.filter((file) => contains(top.target, file.target));
        await container.putArchive(packFolders(top.target, parts, user, sent), {
          path: top.target,
        });
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

function cannotCopy(file: PlacedFile): ExpectedFailure {
  return new ExpectedFailure({
    kind: 'configuration',
    cause: `the dep ${file.source} lies outside the project and cannot be copied to the engine's machine by itself`,
    hint: 'Put it into the project, or let its folder be the dep.',
  });
}
