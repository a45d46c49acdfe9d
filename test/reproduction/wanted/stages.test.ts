import { expect, test } from '@jest/globals';
import type { Pipeline, Stage } from '../../../src/dvc/pipeline.ts';
import type { ReproductionContext } from '../../../src/reproduction/context/context.ts';
import type { Revision } from '../../../src/reproduction/context/revision.ts';
import { rebuild } from '../../../src/reproduction/rebuild.ts';
import { requireAllRan, wantedStages } from '../../../src/reproduction/wanted/stages.ts';
import { stage } from '../records.ts';

const metric = { path: 'm', kind: 'metric', cache: false, persist: false, push: true } as const;
const [raw, train, evaluate, publish, aside] = [
  stage('raw', { frozen: true }),
  stage('train'),
  stage('evaluate', { outs: [metric] }),
  stage('publish'),
  stage('aside', { outs: [{ ...metric, path: 'n' }] }),
];
const pipeline: Pipeline = {
  root: '/project',
  stages: [raw, train, evaluate, publish, aside],
  upstream: new Map([
    ['train', ['raw']],
    ['evaluate', ['train']],
    ['publish', ['evaluate']],
  ]),
  sources: [],
  upstreamSources: new Map([
    ['train', ['data.dvc']],
    ['aside', ['other.dvc']],
  ]),
  topLevel: [],
  handovers: [],
};
const names = (stages: readonly { address: string }[]) => stages.map(({ address }) => address);

test('the model’s stage, what it depends on, and what measures it', () => {
  const wanted = wantedStages(pipeline, { stage: train, path: 'model' });
  expect({ ...wanted, stages: names(wanted.stages) }).toEqual({
    targets: ['train', 'evaluate'],
    stages: ['raw', 'train', 'evaluate'],
    given: ['data.dvc', 'raw'],
  });
});

test('all where nobody knows which out is the model', () => {
  const wanted = wantedStages(pipeline, undefined);
  expect(names(wanted.stages)).toEqual(names(pipeline.stages));
  expect(wanted.given).toEqual(['data.dvc', 'other.dvc', 'raw']);
});

const freeze = (frozen: Stage): Pipeline => ({
  ...pipeline,
  stages: pipeline.stages.map((each) => (each === frozen ? { ...each, frozen: true } : each)),
});

test.each([
  ['the model’s stage', train, true],
  ['a stage that measures it', evaluate, true],
  ['a stage with metrics where nobody knows the model', evaluate, false],
])('%s that is frozen is not made again', async (_, frozen, isKnown) => {
  const all = freeze(frozen);
  const made = all.stages.find(({ address }) => address === 'train') ?? train;
  const model = isKnown ? { stage: made, path: 'model' } : undefined;
  const revision = { pipeline: all, locked: [], model, wanted: wantedStages(all, model) };
  const context = { request: {}, checkout: { project: { root: '/checkout' } } };
  await expect(
    rebuild(context as unknown as ReproductionContext, revision as Revision),
  ).rejects.toThrow(`stage ${frozen.address} is frozen at the commit`);
});

test('each wanted stage must have run, unless it is frozen', () => {
  const wanted = wantedStages(pipeline, { stage: train, path: 'model' });
  const ran = { stage: 'train', state: 'ran' } as const;
  const evaluated = (state: 'ran' | 'cached' | 'unchanged') => [
    ran,
    { stage: 'evaluate', state } as const,
  ];
  expect(() => requireAllRan(wanted, evaluated('ran'))).not.toThrow();
  for (const progress of [[ran], evaluated('cached'), evaluated('unchanged')]) {
    expect(() => requireAllRan(wanted, progress)).toThrow('nothing shows that evaluate ran');
  }
});
