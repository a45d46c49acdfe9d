import { describe, expect, test } from '@jest/globals';
import { patientRequest } from '../../../src/github/api/patient-request.ts';
import type { GitHubRequest } from '../../../src/github/api/request.ts';
import { wholeAnswers } from '../../../src/github/api/whole-answer.ts';

/** A clock that sleeping puts on, and whose requests take a time. */
function world(duration: number, answers: readonly (number | Record<string, string>)[]) {
  let now = 0;
  let asked = 0;
  const request: GitHubRequest = async () => {
    now += duration;
    const answer = answers[Math.min(asked++, answers.length - 1)] ?? 200;
    if (answer === 200) return { status: 200, headers: {}, data: 'whole' };
    const [status, headers] = typeof answer === 'number' ? [answer, {}] : [429, answer];
    throw Object.assign(new Error(`${status}`), { status, response: { headers } });
  };
  const clock = {
    now: () => now,
    sleep: async (milliseconds: number) => {
      now += milliseconds;
    },
  };
  return { request, clock, asked: () => asked, now: () => now };
}

describe('a request that may be made again', () => {
  test.each<[string, number, (number | Record<string, string>)[], number | string, number]>([
    ['is answered', 10, [200], 'whole', 1],
    ['passes', 10, [502, 503, 200], 'whole', 3],
    ['does not pass', 10, [500], 500, 4],
    ['is refused', 10, [403], 403, 1],
    ['is not there', 10, [404], 404, 1],
    ['waits for a limit', 10, [{ 'retry-after': '60' }, 200], 'whole', 2],
    ['waits no hour', 10, [{ 'retry-after': '3600' }], 429, 1],
    ['knows an end in time', 30_000, [{ 'retry-after': '80' }], 429, 2],
  ])('%s', async (_, duration, answers, expected, times) => {
    const { request, clock, asked, now } = world(duration, answers);
    const told = await patientRequest(request, clock)('GET /x', {}).then(
      ({ data }) => data,
      (error) => error.status,
    );
    expect([told, asked()]).toEqual([expected, times]);
    expect(now()).toBeLessThanOrEqual(210_000);
  });

  test('all of them together too', async () => {
    const { request, clock, asked } = world(30_000, [500]);
    const patient = patientRequest(request, clock);
    const results = [];
    for (let count = 0; count < 20; count++) {
      results.push(await patient('GET /x', {}).catch(({ message }) => message));
    }
    expect(asked()).toBeLessThanOrEqual(7);
    expect(results.at(-1)).toMatch(/no time is left/);
  });
});

describe('an answer', () => {
  const answered = (type: string, body: string, status = 200) =>
    wholeAnswers(
      async () => new Response(body, { status, headers: { 'content-type': type } }),
      1_000,
    )('http://localhost');

  test.each<[string, string, string, number, string | RegExp]>([
    ['whole JSON', 'application/json; charset=utf-8', '{"a": 1}', 200, '{"a": 1}'],
    ['cut JSON', 'application/json', '{"a": ', 200, /no JSON, or ends in the middle/],
    ['nothing as JSON', 'application/json', '', 200, /no JSON/],
    ['a file that is no JSON', 'application/vnd.github.raw+json', '{"a": ', 200, '{"a": '],
    ['an empty file', 'application/vnd.github.raw+json', '', 200, ''],
    ['a page', 'text/html', '<html>', 200, /HTML/],
    ['a page that says no', 'text/html', '<html>', 502, '<html>'],
  ])('%s', async (_, type, body, status, expected) => {
    const told = await answered(type, body, status).then((answer) => answer.text(), String);
    if (typeof expected === 'string') expect(told).toBe(expected);
    else expect(told).toMatch(expected);
  });

  test('that hangs is none', async () => {
    const hanging = wholeAnswers(
      (_, init) => new Promise((_, reject) => init?.signal?.addEventListener('abort', reject)),
      20,
    );
    await expect(hanging('http://localhost')).rejects.toBeDefined();
  });
});
