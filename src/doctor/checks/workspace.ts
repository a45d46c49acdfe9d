import { realpathSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createContainer } from '../../container/create.ts';
import type { Engine } from '../../container/engine.ts';
import { choosePlacement } from '../../container/files/choose.ts';
import type { FilePlacement, PlacedFile } from '../../container/files/placement.ts';
import { anyImage, type ImageId } from '../../container/identity/found-image.ts';
import { ownershipLabels } from '../../container/labels.ts';
import { removeContainer } from '../../container/remove.ts';
import { engineRefusal } from '../../container/request/explain.ts';
import { cacheConfig } from '../../outside/dvc-folders.ts';
import { type Project, siblingFolder } from '../../project/project.ts';
import { contains } from '../../system/contains.ts';
import type { Check } from '../check.ts';
import type { Subject } from '../subject.ts';

/** Whether containers get this project's files: a file written here is looked for in one. */
export function workspaceCheck(
  { env }: Subject,
  project: Check<Project>,
  engine: Check<Engine>,
): Check<FilePlacement> {
  return {
    name: 'workspace',
    kind: 'engine',
    needs: [project, engine],
    deadline: 20_000,
    cleansUp: true,
    async look(given) {
      const image = await anyImage(given(engine).docker);
      if (!image) return { state: 'skipped', needs: 'any image on the engine (sibling build)' };
      const placement = await choosePlacement(
        given(engine),
        given(project),
        env,
        async () => image,
      );
      await prove(given(engine), given(project), placement, image);
      return {
        state: 'ok',
        text: `${words[placement.kind]}: ${placement.because}`,
        value: placement,
      };
    },
  };
}

const words: Readonly<Record<FilePlacement['kind'], string>> = {
  bind: 'containers mount the project',
  subpath: 'containers mount the project’s volume',
  copy: 'files are copied to containers and back',
};

/** DVC's cache, where it is outside of the project and made already. */
function cacheElsewhere(project: Project): PlacedFile[] {
  try {
    const source = realpathSync(cacheConfig(project.root).cacheFolder);
    if (project.folders.some((folder) => contains(folder, source))) return [];
    const target = '/sibling-doctor-cache';
    return [{ source, target, kind: 'directory', readOnly: false, apart: true }];
  } catch {
    return []; // the check of the cache tells
  }
}

/** Throws 'engine' when a container, which is not started, does not get a folder of the project. */
async function prove(
  engine: Engine,
  project: Project,
  placement: FilePlacement,
  image: ImageId,
): Promise<void> {
  const shared = await siblingFolder(project);
  // A copy is of a folder that holds nothing; a mount is proven best by one that is there already.
  const own = placement.kind === 'copy' ? await mkdtemp(join(shared, 'doctor-')) : undefined;
  try {
    const file: PlacedFile = {
      source: own ?? shared,
      target: '/sibling-doctor',
      kind: 'directory',
      readOnly: false,
    };
    const files = [file, ...(placement.kind === 'copy' ? [] : cacheElsewhere(project))];
    const container = await createContainer(engine, {
      Image: image,
      Cmd: ['true'],
      Labels: ownershipLabels({ run: 'probe', project: project.id, role: 'stage' }),
      HostConfig: { Mounts: placement.mounts(files) },
    });
    try {
      await placement.bringIn(container, files, project.user);
    } finally {
      await removeContainer(container);
    }
  } catch (error) {
    throw engineRefusal(error, 'give the project’s files to a container') ?? error;
  } finally {
    if (own) await rm(own, { recursive: true, force: true });
  }
}
