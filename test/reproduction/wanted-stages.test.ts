import { expect, test } from '@jest/globals';
import type { Pipeline } from '../../src/dvc/pipeline.ts';
import { wantedStages } from '../../src/reproduction/wanted-stages.ts';
import { stage } from './records.ts';

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
