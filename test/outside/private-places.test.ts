import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { whyNoOut, whyNotWritten, whyPrivate } from '../../src/outside/private-places.ts';
import { whyNotBrought } from '../../src/outside/what-is-given.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'sibling-private-')));
const [root, home] = [join(folder, 'home/ada/project'), join(folder, 'home/ada')];
afterAll(() => rmSync(folder, { recursive: true }));
beforeAll(() => {
  for (const name of ['.git/hooks', '.dvc/cache/files', '.sibling', 'data/in', 'pkg/src']) {
    mkdirSync(join(root, name), { recursive: true });
  }
  for (const name of ['.ssh', '.config/systemd', 'disk'])
    mkdirSync(join(home, name), { recursive: true });
  writeFileSync(join(root, '.env'), 'A=1\n');
  writeFileSync(join(root, 'pkg/src/.env'), 'A=1\n');
  writeFileSync(join(home, '.ssh/id_rsa'), 'key');
  writeFileSync(join(root, '.dvc/cache/files/ab'), 'out');
  const links = {
    ...{ nested: 'pkg/src/.env' },
    ...{ self: '.', hooks: '.git/hooks', env: '.env', lib: 'pkg', cached: '.dvc/cache/files/ab' },
    ...{ keys: join(home, '.ssh'), units: '../.config/systemd', disk: join(home, 'disk') },
    ...{
      cron: '/etc',
      'data/up': '..',
      dangling: '../.ssh/new',
      circle: 'circle',
      state: '.sibling',
      key: '../.ssh/id_rsa',
    },
  };
  for (const [name, target] of Object.entries(links)) symlinkSync(target, join(root, name));
});

test.each<[string, RegExp | undefined]>([
  ['data/in', undefined],
  ['lib/src', undefined],
  ['cached', undefined],
  ['.env', undefined],
  ['.', undefined],
  ['disk', undefined],
  ['self', /a folder that holds \.env/],
  ['data/up', /a folder that holds \.env/],
  ['env', /a part of \.env/],
  ['hooks', /a part of \.git/],
  ['state', /a part of \.sibling/],
  ['self/.env', /a part of \.env/],
  ['pkg/src/.env', undefined],
  ['nested', /a part of pkg\/src\/\.env, which/],
  ['lib/src/.env', /a part of pkg\/src\/\.env, which/],
])('the dep %s leads to what is private: %s', (dep, why) => {
  const found = whyPrivate(root, dep, realpathSync(join(root, dep)));
  if (why === undefined) expect(found).toBeUndefined();
  else expect(found).toMatch(why);
});

test.each<[string, RegExp | undefined]>([
  ['model.bin', undefined],
  ['not/there/yet', undefined],
  ['lib/out', undefined],
  ['disk/out', undefined],
  ['cached', undefined],
  ['keys/authorized_keys', /a place of credentials/],
  ['dangling/authorized_keys', /a place of credentials/],
  ['circle/out', undefined],
  ['units/job.service', /among the settings in a home folder/],
  ['hooks/post-checkout', /a Git repository/],
  ['self/.dvc/config', /a part of \.dvc/],
  ['state/run.lock', /a part of \.sibling/],
  ['cron/cron.d/job', /a part of the system/],
  ['data/up/.env', /a part of \.env/],
])('the out %s is written where no stage writes: %s', (out, why) => {
  const found = whyNotWritten(root, out, home);
  if (why === undefined) expect(found).toBeUndefined();
  else expect(found).toMatch(why);
});

test.each<[string, RegExp | undefined]>([
  ['model.bin', undefined],
  ['lib/out', undefined],
  ['deploy/.env', undefined],
  ['dvc.locked', undefined],
  ['.', /the folder that dvc\.yaml itself lies in/],
  ['self', undefined],
  ['dvc.lock', /a file of DVC’s/],
  ['DVC.Lock', /a file of DVC’s/],
  ['sub/dvc.lock', /a file of DVC’s/],
  ['lib/dvc.yaml', /a file of DVC’s/],
  ['data/model.bin.dvc', /a file of DVC’s/],
  ['data/.dvcignore', /a file of DVC’s/],
  ['.gitignore', /a file of DVC’s or Git’s/],
  ['data/.gitattributes', /a file of DVC’s or Git’s/],
  ['vendor/.dvc/config', /a part of \.dvc/],
  ['vendor/.git/hooks/post-checkout', /a Git repository/],
  ['.env', /a part of \.env/],
  ['hooks/x', /a Git repository/],
  ['units/job.service', /among the settings in a home folder/],
])('the out %s is no out, for it is %s', (out, why) => {
  const found = whyNoOut(root, out, home, 'dvc.yaml');
  if (why === undefined) expect(found).toBeUndefined();
  else expect(found).toMatch(why);
});

test.each<[string, RegExp | undefined]>([
  ['not/there/yet', undefined],
  ['cached', undefined],
  ['disk/out', undefined],
  ['key', /a place of credentials/],
  ['keys/id_rsa', /a place of credentials/],
  ['env', /a part of \.env/],
  ['self', /a folder that holds/],
])('the persisted out %s is brought to a stage, or is %s', (out, why) => {
  const found = whyNotBrought(root, out, home);
  if (why === undefined) expect(found).toBeUndefined();
  else expect(found).toMatch(why);
});
