import { expect, test } from '@jest/globals';
import { folderHash } from '../../../src/dvc/hash/folder-hash.ts';

const md5 = 'd41d8cd98f00b204e9800998ecf8427e';

// What DVC 3.67 computes for folders of empty files with these names.
test.each<[string, string[], string]>([
  ['no files', [], 'd751713988987e9331980363e24189ce.dir'],
  ['one file', ['a'], '3e3335ff0ba6ac6f06f589d8219daf0e.dir'],
  [
    'odd names',
    ['with space', `it's "x"`, 'café/ü.txt', 'data 😀', '\t\u007f', 'a%b\\c'],
    '96ea82d9ba3dc74960c41649380a8ad8.dir',
  ],
  [
    'names in the order of code points',
    ['ﬀ', '😀', 'z', 'Z', 'a/b', 'a-b', 'a'],
    '9ecf4a344b01f9640f70dcb8495cf18b.dir',
  ],
])('%s', (_, names, hash) => {
  const entries = names.map((relpath) => ({ relpath, md5 }));
  expect(folderHash(entries)).toBe(hash);
  expect(folderHash(entries.toReversed())).toBe(hash);
});
