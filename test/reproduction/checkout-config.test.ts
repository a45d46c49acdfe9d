import { expect, test } from '@jest/globals';
import { movedConfig } from '../../src/reproduction/checkout.ts';

test('a checkout has a cache of its own, and remotes where they were', () => {
  const text = `[core]
    remote = storage
[cache]
    dir = /shared/cache
    type = "reflink,copy"
['remote "storage"']
    url = ../../storage
['remote "other"']
    url = s3://bucket/dir
['remote "absolute"']
    url = /mnt/dvc
['remote "home"']
    url = ~/dvc
`;
  expect(movedConfig(text, '/home/ada/iris/.dvc')).toBe(
    text.replace('    dir = /shared/cache\n', '').replace('../../storage', '/home/ada/storage'),
  );
});
