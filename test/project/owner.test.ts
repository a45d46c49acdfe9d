import { chownSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { findProject } from '../../src/project/project.ts';
import { projectFolder } from '../dvc/project-folder.ts';

const caller = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
const other = { uid: 12345, gid: 12346 };

/** Whose a project is taken for; only root can give files away, and only for root it matters. */
function userOf(folder: typeof other, file: typeof other) {
  const root = projectFolder({ 'dvc.yaml': 'stages: {}\n' });
  if (caller.uid === 0) {
    chownSync(join(root, 'dvc.yaml'), file.uid, file.gid);
    chownSync(root, folder.uid, folder.gid);
  }
  return findProject(root).user;
}

const forRoot = (user: typeof other) => (caller.uid === 0 ? user : caller);

describe('the user of a project', () => {
  test("is the owner, for root in somebody's project", () => {
    expect(userOf(other, other)).toEqual(forRoot(other));
  });

  test("is root where root checked it out in somebody's folder", () => {
    expect(userOf(other, caller)).toEqual(caller);
  });

  test("is the files' owner where the folder is a third one's", () => {
    const third = { uid: 12347, gid: 12348 };
    expect(userOf(third, other)).toEqual(forRoot(other));
  });

  test("stays root in root's own folder, where nobody else could make dvc.lock", () => {
    expect(userOf(caller, other)).toEqual(caller);
  });
});
