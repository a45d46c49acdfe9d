import { expect, test } from '@jest/globals';
import { githubDescription } from './description.ts';

const check = githubDescription();
const comments = '/repos/ada/iris/issues/7/comments';

test.each<[string, { method?: string; path?: string; body?: string }, RegExp | undefined]>([
  ['a comment', { body: '{"body":"x"}' }, undefined],
  ['a comment without text', { body: '{}' }, /body must have required property 'body'/],
  ['a comment whose text is a number', { body: '{"body":1}' }, /body\/body must be string/],
  ['comments by page', { method: 'GET', path: `${comments}?per_page=100&page=2` }, undefined],
  ['a page that is no number', { method: 'GET', path: `${comments}?page=x` }, /must be integer/],
  ['an unknown parameter', { method: 'GET', path: `${comments}?perpage=1` }, /additional prop/],
  [
    'an issue that is no number',
    { path: '/repos/a/b/issues/x/comments', body: '{"body":"x"}' },
    /must be integer/,
  ],
  ['a route that is none', { method: 'PUT' }, /GitHub has no such route/],
  [
    'a comment by its id',
    { method: 'PATCH', path: '/repos/a/b/issues/comments/9', body: '{"body":"x"}' },
    undefined,
  ],
  [
    'a check with a conclusion that GitHub does not know',
    {
      path: '/repos/a/b/check-runs',
      body: '{"name":"m","head_sha":"x","status":"completed","conclusion":"bad"}',
    },
    /check-runs: body/,
  ],
])('%s', (_, request, says) => {
  const found = check({ method: 'POST', path: comments, body: '', ...request }).join('\n');
  if (says) expect(found).toMatch(says);
  else expect(found).toBe('');
});
