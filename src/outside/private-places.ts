import { realpathSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { privatePaths } from '../project/private-paths.ts';
import { contains } from '../system/contains.ts';
import { whyGuarded } from './guarded-places.ts';
import { ownAt } from './own-files.ts';
import { linkAt, longestChain } from './sight.ts';

/** Objects of DVC's cache are what outs are made of: with `cache.type = symlink` each is a link there. */
const cacheInProject = /(?:^|\/)\.dvc\/cache(?:\/|$)/;

/**
 * Why a stage may not get what its path `named`, relative to `root`, leads to by links: the end of a
 * sentence about it. `real` is a path without links, as `root` is. Undefined when it may.
 */
export function whyPrivate(root: string, named: string, real: string): string | undefined {
  if (!contains(root, real) || resolve(root, named) === real) return undefined;
  const names = relative(root, real).split('/');
  if (cacheInProject.test(names.join('/'))) return undefined;
  const first = names.findIndex((name) => privatePaths.includes(name.toLowerCase()));
  const whole = names.slice(0, first + 1).join('/');
  if (first !== -1) return `by a link a part of ${whole}, which has to be named itself`;
  const held = privatePaths.find((name) => contains(real, join(root, name)));
  return held === undefined ? undefined : `by a link a folder that holds ${held}`;
}

/**
 * Why a stage may not have an out at `path`, relative to `root`, by its name or by the folders on the
 * way, as the end of a sentence about it; undefined when it may. `file` is the stage's dvc.yaml.
 */
export function whyNoOut(
  root: string,
  path: string,
  home: string,
  file: string,
): string | undefined {
  const [real, place] = [realPlace(root), realPlace(join(root, path))];
  if (contains(place, join(real, file))) return `the folder that ${file} itself lies in`;
  const own = ownAt(path) ?? ownAt(relative(real, place));
  return own === undefined ? whyNotWritten(root, path, home) : `${own}: not for stages to write`;
}

/**
 * Why nothing of a stage's may be written at `path`, relative to `root`, where the folders on the way and
 * their links lead now; as the end of a sentence about it. What is written is kept away from more
 * than what is read: settings and hooks are programs. Undefined when it may.
 */
export function whyNotWritten(root: string, path: string, home: string): string | undefined {
  const place = realPlace(join(root, path));
  const real = realPlace(root);
  if (place.split('/').includes('.git')) return 'a part of a Git repository’s own folder';
  if (contains(real, place)) {
    const [first = ''] = relative(real, place).toLowerCase().split('/');
    return privatePaths.includes(first) ? `a part of ${first}` : undefined;
  }
  const guarded = whyGuarded(place, { root: real, home });
  if (guarded !== undefined) return guarded;
  if (ofSystem.some((folder) => contains(folder, place))) return 'a part of the system';
  const isHidden = contains(home, place) && relative(home, place).startsWith('.');
  return isHidden ? 'among the settings in a home folder' : undefined;
}

/** Where files are programs, or say which ones are started. */
const ofSystem = [
  ...['/etc', '/usr', '/bin', '/sbin', '/lib', '/lib64', '/boot', '/run', '/var/run', '/root/.ssh'],
  ...['/var/spool', '/opt'],
];

/** A path without links, as far as it is there; the last name's own link only where it is `followed`. */
export function realPlace(
  path: string,
  last: 'kept' | 'followed' = 'kept',
  linksLeft = longestChain,
): string {
  if (last === 'followed') {
    try {
      return realpathSync(path);
    } catch {
      const target = linksLeft > 0 ? linkAt(path) : undefined;
      // It leads nowhere now, and may lead there once something is made.
      if (target !== undefined)
        return realPlace(resolve(dirname(path), target), last, linksLeft - 1);
    }
  }
  const folder = dirname(path);
  if (folder === path) return path;
  return join(realPlace(folder, 'followed', linksLeft), basename(path));
}
