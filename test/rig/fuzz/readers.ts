import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { engineAddress } from '../../../src/container/engine.ts';
import { loginFor } from '../../../src/container/registry/registry.ts';
import { readDvcConfig } from '../../../src/dvc/config/dvc-config.ts';
import { parseLock } from '../../../src/dvc/lock/lock.ts';
import { lockEntries, mergeLock } from '../../../src/dvc/lock/merge.ts';
import { readValues } from '../../../src/dvc/params/file.ts';
import { preparePython } from '../../../src/dvc/params/python-values.ts';
import { readNeeds } from '../../../src/github/baton/baton.ts';
import { readResults } from '../../../src/github/baton/stage-results.ts';
import { readMarker } from '../../../src/github/comment/marker.ts';
import { readEvent } from '../../../src/github/job/event.ts';
import { splitOverrides } from '../../../src/job/overrides/split.ts';
import { readMetrics } from '../../../src/metrics/read.ts';
import { setVariables } from '../../../src/project/env-file/set-variables.ts';
import { readEnvironment } from '../../../src/project/settings.ts';
import { parseReport } from '../../../src/report/file/parse.ts';
import { readDatapoints } from '../../../src/report/plots/datapoints.ts';
import { declaredParams } from '../../../src/stage/params-copy/declared-params.ts';

/** Something that reads what others wrote. */
export interface Reader {
  readonly name: string;
  /** What is garbled. */
  readonly texts: readonly string[];
  read(bytes: Buffer): unknown;
}

const lock =
  "schema: '2.0'\nstages:\n  a:\n    cmd: x\n    deps:\n    - path: in\n      hash: md5\n      md5: 0cc175b9c0f1b6a831c399e269772661\n      size: 1\n    params:\n      params.yaml:\n        lr: 0.1\n    outs:\n    - path: out\n      md5: 0cc175b9c0f1b6a831c399e269772661.dir\n      nfiles: 2\n";
const baton = {
  ...{ version: 2, outcome: 'ran', startedAt: '2026-01-01T00:00:00.000Z', seconds: 3 },
  results: '0'.repeat(64),
};
const results = JSON.stringify({
  ...{ version: 2, stage: 'a', outcome: 'ran', reason: 'never ran', seconds: 3 },
  ...{ startedAt: '2026-01-01T00:00:00.000Z', endedAt: '2026-01-01T00:00:03.000Z' },
  ...{ outs: [{ path: 'out', bytes: 3, files: 1 }], lock: { file: 'dvc.lock', entry: lock } },
  uncached: [
    { path: 'm.json', file: { text: '{"acc": 0.9}' } },
    { path: 'live', folder: { 'a/b.png': { base64: 'aGk=', executable: true } } },
  ],
  ...{ left: [{ path: 'big', bytes: 70_000_000 }], shown: { 'p.csv': 'x,y' } },
});
const needs = JSON.stringify({
  a: { result: 'success', outputs: { baton: JSON.stringify(baton) } },
  b: { result: 'skipped', outputs: {} },
});
const payloads = [
  { ref: 'refs/heads/main', before: '0'.repeat(40), after: 'a'.repeat(40), deleted: false },
  {
    pull_request: { number: 3, head: { sha: 'b', ref: 'x', repo: { full_name: 'o/r' } }, base: {} },
    repository: { full_name: 'o/r', default_branch: 'main' },
  },
  { workflow_run: { id: 3, event: 'pull_request', head_repository: null, pull_requests: [] } },
  { merge_group: { head_sha: 'x', base_sha: 'y', base_ref: 'refs/heads/main' } },
].map((each) => JSON.stringify(each));
const configs = [
  '[core]\n    remote = origin\n    autostage = true\n[\'remote "origin"\']\n    url = s3://x/y\n[cache]\n    type = "reflink,copy"\n    dir = ../c\n',
  '[parsing]\n  bool = store_true\n[feature]\n[hydra]\n enabled=true\n',
];
const dockerConfigs = [
  '{"auths": {"ghcr.io": {"auth": "dTpw"}}, "currentContext": "x", "credHelpers": {"a": "b"}}',
];
const metrics = [
  '{"a": 1, "b": {"c": [1, 2.5, NaN]}}',
  'a: 1\nb:\n  c: .nan\n',
  'a = 1\n[b]\nc = 2.5\n',
];
/** Params files, a text a format. */
const params = {
  yaml: 'lr: 1.0e-7\ntrain: &t {seed: 3, at: 2024-01-31, no: NO}\nm:\n  <<: *t\n  b: |\n    x\n',
  json: '{"lr": 1.0, "train": {"seed": [1, NaN, -Infinity], "b": null}, "m": {"b": "x"}}',
  toml: 'lr = 1e-7\ntrain.seed = 3\n[m]\nb = [1, {x = 2024-01-31}]\n[[l]]\nn = "x"\n',
  py: 'lr: float = -1e-7\nclass train(B):\n    seed = 3\n    def __init__(self):\n        self.b = (1, 2)\nm = {"b": "x" "y"}\n',
};
const env = ['A=1\nexport B="x\\"y"\n# c\nC=\'d\'\nD=`e`\n', '\ufeffA=1\r\nB\n=x\n'];
const reports = [
  JSON.stringify({ version: 1, pipeline: 'dvc.yaml', metrics: [], params: [], stages: [] }),
];

/** All that is read without a project around it; `end` removes the folder that files lie in. */
export function readers(): { readonly all: readonly Reader[]; end(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'sibling-fuzz-'));
  const file = (name: string, bytes: Buffer) => {
    writeFileSync(join(folder, name), bytes);
    return join(folder, name);
  };
  const noConfig = { DVC_GLOBAL_CONFIG_DIR: '/nonexistent', DVC_SYSTEM_CONFIG_DIR: '/nonexistent' };
  const all: Reader[] = [
    { name: 'dvc.lock', texts: [lock], read: (bytes) => parseLock('dvc.lock', `${bytes}`) },
    { name: 'dvc.lock, as text', texts: [lock], read: (bytes) => lockEntries(`${bytes}`) },
    {
      name: 'dvc.lock, merged',
      texts: [lock],
      read: (bytes) => mergeLock('dvc.lock', `${bytes}`, new Map([['a', '  a:\n    cmd: y\n']])),
    },
    { name: 'needs', texts: [needs], read: (bytes) => readNeeds(`${bytes}`) },
    {
      name: 'the results of a job',
      texts: [results],
      read: (bytes) => readResults('a', `${bytes}`),
    },
    { name: 'a comment', texts: ['<!-- sibling: {} -->'], read: (bytes) => readMarker(`${bytes}`) },
    {
      name: 'an event',
      texts: payloads,
      read: (bytes) => {
        const path = file('event.json', bytes);
        const events = [
          'push',
          'pull_request',
          'merge_group',
          'workflow_run',
          'schedule',
          'release',
        ];
        const GITHUB_EVENT_NAME = events[bytes.length % events.length] ?? '';
        return readEvent({ GITHUB_EVENT_NAME, GITHUB_EVENT_PATH: path, GITHUB_SHA: 'x' });
      },
    },
    {
      name: 'overrides',
      texts: ['train.lr=0.1\nparams.json:a.b=[1,2]\nname="a,b"\nx=null'],
      read: (bytes) => splitOverrides(`${bytes}`),
    },
    {
      name: '.dvc/config',
      texts: configs,
      read: (bytes) => {
        writeFileSync(join(folder, 'config'), bytes);
        return readDvcConfig(folder, { ...noConfig, DVC_GLOBAL_CONFIG_DIR: folder });
      },
    },
    {
      name: 'Docker’s config.json',
      texts: dockerConfigs,
      read: async (bytes) => {
        file('config.json', bytes);
        const docker = { DOCKER_CONFIG: folder, HOME: folder };
        return [engineAddress(docker), await loginFor(docker, 'ghcr.io/x/y')];
      },
    },
    ...Object.entries(params).flatMap(([format, text]) => {
      const path = `params.${format}`;
      const keys = ['lr', 'train.seed', 'm.b'];
      return [
        {
          name: `params in ${format}`,
          texts: [text],
          read: async (bytes: Buffer) => {
            await preparePython();
            file(path, bytes);
            return readValues(folder, path);
          },
        },
        {
          name: `a copy of params in ${format}`,
          texts: [text],
          read: (bytes: Buffer) => {
            file(path, bytes);
            return declaredParams(folder, { path, keys }, 'a');
          },
        },
      ];
    }),
    ...['json', 'csv', 'tsv', 'yaml'].map((format) => ({
      name: `a plot in ${format}`,
      texts: ['step,loss\n1,0.5\n2,\n', 'a\tb\n1\t2\n', '[{"a": 1, "b": [1]}, {"a": 2}]'],
      read: (bytes: Buffer) => readDatapoints(`p.${format}`, `${bytes}`, bytes.length % 2 === 0),
    })),
    ...(['json', 'yaml', 'toml'] as const).map((format) => ({
      name: `metrics in ${format}`,
      texts: metrics,
      read: (bytes: Buffer) => readMetrics(`${bytes}`, format),
    })),
    {
      name: '.env',
      texts: env,
      read: (bytes) => {
        file('.env', bytes);
        setVariables(`${bytes}`, { A: 'x', Z: "y'\n" });
        return readEnvironment(folder, {}, () => undefined);
      },
    },
    {
      name: 'report.json',
      texts: reports,
      read: (bytes) => parseReport(`${bytes}`, 'report.json'),
    },
  ];
  return { all, end: () => rmSync(folder, { recursive: true, force: true }) };
}
