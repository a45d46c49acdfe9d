import { expect, test } from '@jest/globals';
import { verifiedText } from '../../src/transfer/verified.ts';

test.each([
  [2_001, 0, [], 'The remote was asked, and has all 2,001 objects that dvc.lock names'],
  [1, 0, ['model.bin'], 'The remote was asked, and has the 1 object of model.bin'],
  [0, 0, [], 'There was nothing to push, so nothing was verified'],
  [
    0,
    2,
    [],
    'Nothing was verified in the remote: it cannot be asked for 2 objects that dvc.lock names',
  ],
  [
    3,
    1,
    [],
    'The remote was asked, and has all 3 objects that it can be asked for; it cannot be asked for 1 object that dvc.lock names',
  ],
])('%d objects seen, %d not asked for, targets %j', (objects, unasked, targets, text) => {
  expect(verifiedText({ type: 'verified', objects, unasked }, targets)).toBe(text);
});

test('without a word from the runner nothing is claimed', () => {
  expect(verifiedText(undefined, [])).toMatch(/nothing was verified/);
});
