import { describe, expect, test } from '@jest/globals';
import { checkoutConfig, movedConfig } from '../../../src/reproduction/checkout/config.ts';

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

describe('remotes', () => {
  const own = `[core]
    remote = storage
    autostage = true
['remote "storage"']
    url = ../../storage
    endpointurl = https://s3.example.org
`;

  test('come from the workspace alone, how the pipeline is read from the commit', () => {
    const committed = `[core]
    remote = stranger
    no_scm = true
['remote "storage"']
    url = s3://stranger
    endpointurl = https://stranger.example.org
[remote "other"] # as ConfigObj also takes it
    url = s3://stranger
[remote]
  [[third]]
    url = s3://stranger
[studio]
    url = https://stranger.example.org
[parsing]
    bool = boolean_optional
`;
    const config = checkoutConfig(committed, own, '/home/ada/iris/.dvc');
    expect(config).toBe(`['remote "storage"']
    url = /home/ada/storage
    endpointurl = https://s3.example.org
[core]
    remote = storage
    no_scm = true
[parsing]
    bool = boolean_optional
`);
  });

  test('keep what only this machine has', () => {
    const local = `['remote "storage"']
    access_key_id = key
[core]
    remote = mine
[cache]
    dir = /shared/cache
`;
    expect(checkoutConfig('', local, '/home/ada/iris/.dvc')).toBe(
      `['remote "storage"']
    access_key_id = key
[core]
    remote = mine
`,
    );
  });
});
