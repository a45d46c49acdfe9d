import { describe, expect, test } from '@jest/globals';
import type { GitHubRequest } from '../../../src/github/api/request.ts';
import type { EndedRun } from '../../../src/github/job/fork-run.ts';
import { readForkReport } from '../../../src/job/report/fork-report.ts';
import { maxReportLength } from '../../../src/report/file/parse.ts';
import { renderMarkdown } from '../../../src/report/render/markdown/render.ts';
import { headCommit, metricRows, report } from '../../report/example-report.ts';
import { type ZipFile, zipOf } from '../../rig/zip.ts';

const repository = { owner: 'ada', repo: 'iris' };
const run: EndedRun = {
  ...{ id: 7, event: 'pull_request', html_url: 'https://github.com/ada/iris/actions/runs/7' },
  ...{ conclusion: 'success', run_number: 3, run_attempt: 1 },
  ...{ head_sha: headCommit, head_branch: 'change' },
  head_repository: { full_name: 'eve/iris', owner: { login: 'eve' } },
};
const pull = { number: 12, head: { sha: headCommit, repo: { full_name: 'eve/iris' } } };

interface GitHubHas {
  readonly pulls?: readonly object[];
  readonly archive?: Buffer;
  readonly announced?: number;
}

function read({ pulls = [pull], archive, announced }: GitHubHas, of: Partial<EndedRun> = {}) {
  const request: GitHubRequest = async (route) => {
    const data = route.endsWith('/pulls')
      ? pulls
      : route.endsWith('/artifacts')
        ? {
            artifacts: archive
              ? [
                  {
                    ...{ id: 1, name: 'sibling-report', expired: false },
                    size_in_bytes: announced ?? archive.length,
                  },
                ]
              : [],
          }
        : new Uint8Array(archive ?? []).buffer;
    return { status: 200, headers: {}, data };
  };
  return readForkReport(request, repository, { ...run, ...of });
}

const good = report({ metrics: metricRows({ accuracy: 0.9 }, { accuracy: 0.95 }) });
const archiveOf = (content: unknown, ...more: ZipFile[]) =>
  zipOf([{ name: 'report.json', text: JSON.stringify(content) }, ...more]);

describe("a fork's report", () => {
  test('is found by the commit, and says where it comes from', async () => {
    const found = await read({
      pulls: [{ number: 11, head: { sha: 'f'.repeat(40), repo: null } }, pull],
      archive: archiveOf(good),
    });
    expect(found?.pullRequest).toBe(12);
    expect(found?.report.metrics).toEqual(good.metrics);
    expect(found?.report.notes[0]).toMatch(/comes from a fork/);
  });

  test('is found although its fork was renamed since', async () => {
    const renamed = {
      ...pull,
      head: { sha: headCommit, repo: { id: 5, full_name: 'eve/flowers' } },
    };
    const other = { number: 13, head: { sha: headCommit, repo: { id: 6, full_name: 'eve/iris' } } };
    const fork = { id: 5, full_name: 'eve/iris', owner: { login: 'eve' } };
    const has = { pulls: [other, renamed], archive: archiveOf(good) };
    expect((await read(has, { head_repository: fork }))?.pullRequest).toBe(12);
  });

  test('is not there where the fork was deleted', async () => {
    const nobody = () => Promise.reject(new Error('asked'));
    const gone = { ...run, head_repository: undefined };
    expect(await readForkReport(nobody, repository, gone)).toBeUndefined();
  });

  test('is the newest: attempts leave one each, in any order', async () => {
    const archives = new Map(
      [3, 9, 4].map((id) => [id, archiveOf({ ...good, notes: [`of ${id}`] })]),
    );
    const artifacts = [...archives].map(([id, { length }]) => ({
      ...{ id, name: 'sibling-report', expired: null, size_in_bytes: length },
    }));
    artifacts.push({ ...{ id: 12, name: 'other', expired: null, size_in_bytes: 1 } });
    const expired = { id: 11, name: 'sibling-report', expired: true, size_in_bytes: 1 };
    const request: GitHubRequest = async (route, { artifact_id: id }) => ({
      ...{ status: 200, headers: {} },
      data: route.endsWith('/pulls')
        ? [null, pull]
        : route.endsWith('/artifacts')
          ? { artifacts: [null, expired, ...artifacts] }
          : new Uint8Array(archives.get(Number(id)) ?? []).buffer,
    });
    const found = await readForkReport(request, repository, run);
    expect(found?.report.notes).toContain('of 9');
  });

  const artifact = { id: 1, name: 'sibling-report', expired: false, size_in_bytes: 9 };
  const { repo: _, ...noRepository } = pull.head;
  test.each<[string, unknown, unknown]>([
    ['no list of pull requests', {}, { artifacts: [artifact] }],
    ['nothing of a pull request', [null], { artifacts: [artifact] }],
    ['no repository of the head', [{ ...pull, head: noRepository }], { artifacts: [artifact] }],
    ['no number', [{ ...pull, number: null }], { artifacts: [artifact] }],
    ['no artifacts', [pull], {}],
    ['a text for artifacts', [pull], 'x'],
    ['an artifact without size', [pull], { artifacts: [{ ...artifact, size_in_bytes: null }] }],
    ['an artifact without name', [pull], { artifacts: [{ ...artifact, name: null }] }],
    ['an artifact without id', [pull], { artifacts: [{ ...artifact, id: 'x' }] }],
  ])('is not gone because GitHub answers %s', async (_, pulls, artifacts) => {
    const request: GitHubRequest = async (route) => ({
      ...{ status: 200, headers: {} },
      data: route.endsWith('/pulls') ? pulls : artifacts,
    });
    await expect(readForkReport(request, repository, run)).rejects.toMatchObject({
      failure: { kind: 'github', cause: expect.stringMatching(/cannot be told: the answer about/) },
    });
  });

  test('names, links and another pipeline are not the fork’s to choose', async () => {
    const forged = {
      ...good,
      pipeline: 'other',
      links: [{ kind: 'run', url: 'https://evil.example/' }],
      metrics: metricRows(undefined, { '<img src=x> @ada [a](https://evil.example)': 1 }),
    };
    const found = await read({ archive: archiveOf(forged) });
    expect(found?.report).toMatchObject({
      pipeline: 'dvc.yaml',
      links: [{ url: run.html_url }],
    });
    const { text } = renderMarkdown(found?.report ?? good, { linkHosts: ['github.com'] });
    expect(text).not.toContain('(https://evil.example/)');
    expect(text).toContain('`<img src=x> @ada [a](https://evil.example)`');
  });

  test('a verdict that contradicts its values is computed anew', async () => {
    const gates = { accuracy: { min: 0.9 } };
    const [row] = metricRows({ accuracy: 0.95 }, { accuracy: 0.5 }, gates);
    const forged = { ...good, metrics: [{ ...row, verdict: 'improved', broken: false }] };
    const found = await read({ archive: archiveOf(forged) });
    expect(found?.report.metrics).toMatchObject([{ verdict: 'below-floor', broken: true }]);
  });

  test('a run that failed cannot look as if it had not', async () => {
    const found = await read({ archive: archiveOf(good) }, { conclusion: 'failure' });
    expect(found?.report.failure).toBe('the run ended with failure');
  });

  test.each<[string, GitHubHas]>([
    ['a closed pull request', { pulls: [], archive: archiveOf(good) }],
    ['a run without a report', {}],
    [
      'a pull request that was pushed to since',
      {
        pulls: [{ number: 12, head: { sha: 'f'.repeat(40), repo: { full_name: 'eve/iris' } } }],
        archive: archiveOf(good),
      },
    ],
    [
      'the same commit in another repository',
      {
        pulls: [{ number: 1, head: { sha: headCommit, repo: { full_name: 'bob/iris' } } }],
        archive: archiveOf(good),
      },
    ],
  ])('nothing is said of %s', async (_, has) => {
    expect(await read(has)).toBeUndefined();
  });

  const refused: [string, GitHubHas, RegExp][] = [
    [
      'on another commit',
      { archive: archiveOf({ ...good, head: { commit: 'f'.repeat(40) } }) },
      /another commit/,
    ],
    ['with an unknown field', { archive: archiveOf({ ...good, html: '<b>' }) }, /not as expected/],
    ['with a second file', { archive: archiveOf(good, { name: 'a', text: '' }) }, /2 files/],
    [
      'under another path',
      { archive: zipOf([{ name: '../report.json', text: '{}' }]) },
      /no proper archive/,
    ],
    ['with another file', { archive: zipOf([{ name: 'b.json', text: '{}' }]) }, /does not hold/],
    [
      'that is larger than announced',
      { archive: zipOf([{ name: 'report.json', text: '{}', announcedSize: 1 }]) },
      /no proper archive/,
    ],
    [
      'that would unpack to gigabytes',
      { archive: zipOf([{ name: 'report.json', text: '{}', announcedSize: 2 ** 31 }]) },
      /more than|no proper archive/,
    ],
    ['that is no archive', { archive: Buffer.from('<html>') }, /no proper archive/],
    [
      'that is too large',
      { archive: archiveOf(good), announced: maxReportLength + 1 },
      /more than/,
    ],
    [
      'whose archive is larger than GitHub said',
      { archive: Buffer.alloc(maxReportLength + 1), announced: 10 },
      /not the archive/,
    ],
    ['that is not JSON', { archive: zipOf([{ name: 'report.json', text: '{' }]) }, /not JSON/],
  ];
  test.each(refused)('is refused %s', async (_, has, cause) => {
    await expect(read(has)).rejects.toMatchObject({
      failure: { kind: 'github', cause: expect.stringMatching(cause) },
    });
  });

  test('is not looked for after a push', async () => {
    await expect(read({ archive: archiveOf(good) }, { event: 'push' })).rejects.toMatchObject({
      failure: { kind: 'usage' },
    });
  });
});
