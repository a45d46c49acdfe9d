import { describe, expect, test } from '@jest/globals';
import { type Fault, Faults, parseFaults } from './faults.ts';

/** Which of the requests, given as `service METHOD /path`, a plan strikes. */
function strikes(plan: Fault[], requests: string[]): string[] {
  const faults = new Faults();
  faults.set(plan);
  return requests.map((request) => {
    const [service = '', method = '', path = ''] = request.split(' ');
    return String(faults.next(service, method, path)?.kind ?? '-');
  });
}

describe('a fault plan', () => {
  const put = 's3 PUT /a/b.s3/dvc/x';
  const get = 's3 GET /a/b.s3/dvc/x';
  const user = 'api GET /api/v1/user';

  test.each<[string, Fault[], string[], string[]]>([
    ['is empty', [], [put, user], ['-', '-']],
    ['for everything', [{ kind: 500 }], [put, user], ['500', '500']],
    ['for one service', [{ kind: 500, service: 's3' }], [put, user], ['500', '-']],
    ['for a method', [{ kind: 403, match: '^PUT ' }], [get, put], ['-', '403']],
    ['for a path', [{ kind: 403, match: 'user$' }], [get, user], ['-', '403']],
    ['for the first two', [{ kind: 503, times: 2 }], [put, put, put], ['503', '503', '-']],
    [
      'where only requests that meet it use it up',
      [{ kind: 503, times: 1, match: 'PUT' }],
      [get, put, put],
      ['-', '503', '-'],
    ],
    [
      'of two lines: the first that strikes counts',
      [
        { kind: 'reset', times: 1 },
        { kind: 'slow', service: 's3' },
      ],
      [put, put, user],
      ['reset', 'slow', '-'],
    ],
  ])('%s', (_, plan, requests, expected) => {
    expect(strikes(plan, requests)).toEqual(expected);
  });

  test('at random strikes about that share, and the same requests for the same seed', () => {
    const requests = Array.from({ length: 2_000 }, () => put);
    const plan = (seed: number): Fault[] => [{ kind: 503, probability: 0.1, seed }];
    const struck = strikes(plan(7), requests);
    const share = struck.filter((kind) => kind !== '-').length / requests.length;
    expect(share).toBeGreaterThan(0.08);
    expect(share).toBeLessThan(0.12);
    expect(strikes(plan(7), requests)).toEqual(struck);
    expect(strikes(plan(8), requests)).not.toEqual(struck);
  });

  test.each([
    [{}, 'a fault plan is a list of faults'],
    [[{ kind: 418 }], 'fault 0: kind is one of 302, 307, 400, 401'],
    [[{ kind: 500 }, { kind: 500, time: 1 }], 'fault 1: time is none of kind, service'],
  ])('as JSON that is wrong names what is: %j', (json, message) => {
    expect(() => parseFaults(json)).toThrow(message);
  });
});
