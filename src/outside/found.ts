import { existsSync } from 'node:fs';
import { dirname, isAbsolute, resolve } from 'node:path';
import type { PlacedFile } from '../container/files/placement.ts';
import type { DvcIgnore } from '../dvc/ignore/dvc-ignore.ts';
import { isUrl } from '../dvc/paths.ts';
import type { Pipeline, Stage } from '../dvc/pipeline.ts';
import { ExpectedFailure } from '../errors.ts';
import { contains } from '../system/contains.ts';
import { hidesRunner, type Owned, whyGuarded } from './guarded-places.ts';
import { type OddEntry, oddEntries } from './links-out.ts';
import { whyNoOut } from './private-places.ts';
import type { Sight } from './sight.ts';
import { linkHint, placeInStage, sharedPlace, whyNoPlace } from './stage-place.ts';
import { whyNotGivenNow } from './what-is-given.ts';
import { fileOnTheWay, isFolder, realOr, specialAt } from './what-is-there.ts';
import { whyNoWorkingFolder } from './working-folder.ts';

/** What a stage names that it cannot be given. */
export interface Refusal {
  readonly stage: Stage;
  readonly failure: ExpectedFailure;
}

/** Who is shown a file: what a stage is not given is refused, whoever else looks at it. */
type Reader = Stage | 'only DVC';

/** Collects what DVC's container is shown, and what is refused. */
export class Found {
  readonly files: PlacedFile[] = [];
  readonly refusals: Refusal[] = [];
  /** The folder of DVC's cache, which is seen. */
  readonly #cache: string;
  readonly #sight: Sight;
  readonly #owned: Owned;
  /** Refusals as texts: a file that is read in two ways is one fault. */
  readonly #told = new Set<string>();
  readonly #walked = new Map<string, readonly OddEntry[]>();

  constructor(sight: Sight, owned: Owned, cache: string) {
    this.#cache = cache;
    this.#sight = sight;
    this.#owned = owned;
  }

  /** False for what must not be shown to this reader, nor looked into. */
  show(path: string, readOnly: boolean, reader: Reader, named = path): boolean {
    const real = readOnly ? realOr(path, '') : '';
    const why = real === '' ? undefined : whyGuarded(real, this.#owned);
    if (why !== undefined) {
      this.#refuse(reader, `depends on ${named}, which is ${why}`, narrower);
      return false;
    }
    const place = this.#sight.missing(path);
    if (place === undefined) return true;
    const { target, kind } = place;
    if (hidesRunner(target, kind)) {
      const what = `names ${named}, which leads to ${target}: DVC's container has its own there`;
      this.#refuse(reader, what, elsewhere);
      return false;
    }
    this.files.push(this.#sight.add({ ...place, readOnly, apart: true }));
    return true;
  }

  /** The deepest folder above an out that is there: DVC writes through the links on the way. */
  showParent(root: string, path: string, reader: Reader): void {
    if (isUrl(path) || isAbsolute(path)) return;
    let folder = dirname(resolve(root, path));
    while (!existsSync(folder) && folder !== dirname(folder)) folder = dirname(folder);
    if (contains(root, folder)) this.show(folder, false, reader, path);
  }

  showDep(root: string, path: string, dvcIgnore: DvcIgnore, reader: Reader): void {
    if (isUrl(path)) return;
    const full = resolve(root, path);
    if (!this.show(full, true, reader, path)) return;
    const project = contains(root, full) ? { root, dvcIgnore } : undefined;
    for (const { path: odd, special = specialAt(odd) } of this.#oddIn(full, project)) {
      const named = contains(root, odd) ? odd.slice(root.length + 1) : odd;
      if (special) {
        this.#refuse(reader, `depends on ${path}, where ${named} is ${special}`, noData);
      } else if (realOr(odd, '') === '') {
        this.#refuse(
          reader,
          `depends on ${path}, where ${named} is a link that leads nowhere`,
          noData,
        );
      } else if (this.show(odd, true, reader, named)) {
        const why = whyNotGivenNow(this.#owned, named);
        if (why !== undefined)
          this.#refuse(reader, `depends on ${named}, which is ${why}`, narrower);
      }
    }
  }

  /** What DVC looks at of an out before its stage runs: it would wait at a pipe in it. */
  judgeLeftOut(root: string, stage: Stage, path: string, dvcIgnore: DvcIgnore): void {
    if (isUrl(path)) return;
    const full = resolve(root, path);
    const special = specialAt(full);
    if (special) this.#refuse(stage, `has the out ${path}, where now is ${special}`, noData);
    for (const odd of this.#oddIn(full, { root, dvcIgnore })) {
      if (!odd.special) continue;
      const named = odd.path.slice(root.length + 1);
      this.#refuse(stage, `has the out ${path}, where ${named} is ${odd.special}`, noData);
    }
  }

  /** Whether the stage may get what it reads; `vars` are the files whose values its text may have. */
  judgeReads(stage: Stage, vars: readonly string[]): void {
    const deps = stage.deps.filter((path) => !isUrl(path));
    const params = stage.params.map(({ path }) => path);
    const named = new Map([
      ...vars.map((path) => [path, 'has vars in'] as const),
      ...params.map((path) => [path, 'has params in'] as const),
      ...deps.map((path) => [path, 'depends on'] as const),
    ]);
    for (const [path, words] of named) {
      const why = whyNotGivenNow(this.#owned, path);
      if (why !== undefined) this.#refuse(stage, `${words} ${path}, which is ${why}`, narrower);
    }
  }

  /** Whether each dep has a place in the stage's own container. */
  judgePlaces(root: string, stage: Stage): void {
    const deps = stage.deps.flatMap((path) => {
      const source = isUrl(path) ? '' : realOr(resolve(root, path), '');
      return source === '' ? [] : [{ path, source }];
    });
    for (const { path, source } of deps) {
      const special = specialAt(source);
      if (special) this.#refuse(stage, `depends on ${path}, which is ${special}`, noData);
      const why = whyNoPlace(path, isFolder(source) ? 'directory' : 'file');
      if (why !== undefined) this.#refuse(stage, `depends on ${path}, ${why}`, linkHint(path));
    }
    const [one, other] = sharedPlace(deps) ?? [];
    if (one === undefined || other === undefined) return;
    const place = placeInStage(other);
    const what = `depends on ${one} and on ${other}, which would both lie at ${place} in its container`;
    this.#refuse(stage, what, linkHint(other));
  }

  judgeWorkingFolder(root: string, stage: Stage, pipeline: Pipeline): void {
    const why = whyNoWorkingFolder(root, stage, pipeline);
    if (why === undefined) return;
    const hint = 'Make that folder (with a file in it, for Git to keep it), or correct wdir.';
    this.#refuse(stage, `has the wdir ${stage.wdir}, ${why}`, hint);
  }

  /** Shows where an out is written, or refuses it. */
  judgeOut(root: string, stage: Stage, path: string): void {
    if (!isUrl(path) && !isAbsolute(path) && contains('', path)) {
      const blocked = fileOnTheWay(root, path);
      if (blocked !== undefined) {
        const what = `has the out ${path}, but ${blocked} is not a folder`;
        this.#refuse(stage, what, 'Move that away, or name another path.');
        return;
      }
      const why = whyNoOut(root, path, this.#owned.home, stage.file);
      if (why !== undefined)
        this.#refuse(stage, `has the out ${path}, which is ${why}`, otherPlace);
      else this.showParent(root, path, stage);
      return;
    }
    const hint =
      'A stage container can only write below the folder of the project: name a path there.';
    this.#refuse(stage, `has the out ${path}, which lies outside the project`, hint);
  }

  /** Walked once, however many stages name the folder. */
  #oddIn(folder: string, project: Parameters<typeof oddEntries>[2]): readonly OddEntry[] {
    const known = this.#walked.get(folder);
    if (known) return known;
    const found = isFolder(folder) ? [...oddEntries(folder, this.#cache, project)] : [];
    this.#walked.set(folder, found);
    return found;
  }

  #refuse(reader: Reader, what: string, hint: string): void {
    if (reader === 'only DVC') return; // it does not find the file, and says so
    const stage = reader;
    const place = { file: stage.file, line: stage.line };
    const cause = `stage ${stage.name} ${what}`;
    const fault = `${stage.address}\n${cause}`;
    if (this.#told.has(fault)) return;
    this.#told.add(fault);
    const failure = new ExpectedFailure({ kind: 'configuration', cause, hint, place });
    this.refusals.push({ stage, failure });
  }
}

const narrower =
  'It would open more of this machine than the stage can need: name what it reads more exactly.';
const otherPlace = 'Name another path, or let the link on the way lead to a folder for data.';
const elsewhere = 'Put it somewhere else, or let .dvcignore name it if the stage does not read it.';

/** DVC would wait for somebody to write into a pipe. */
const noData =
  'Data are files and folders: remove it, or let .dvcignore name it, and depend on what is to be read.';
