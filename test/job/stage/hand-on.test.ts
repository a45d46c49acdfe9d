import { expect, test } from '@jest/globals';
import { handOn } from '../../../src/job/stage/hand-on.ts';
import { keepSecret } from '../../../src/secrets/known.ts';
import { stageResults } from '../../rig/stage-results.ts';

test('nothing is handed on of a stage whose outs hold a secret, which the refusal does not say', async () => {
  keepSecret({ API_TOKEN: 'a-canary-value' });
  const store = {
    place: 'nowhere',
    keep: () => Promise.reject(new Error('it was kept')),
    fetch: () => Promise.reject(new Error('it was fetched')),
  };
  const uncached = [{ path: 'metrics.json', file: { text: '{"a": "a-canary-value"}' } }];
  const refusal = handOn({ results: stageResults({ uncached }) }, store);
  await expect(refusal).rejects.toThrow(
    /^metrics\.json of stage train holds the value of a secret/,
  );
  await expect(refusal).rejects.not.toThrow(/canary/);
});
