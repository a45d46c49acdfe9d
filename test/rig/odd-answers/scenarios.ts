import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jobBase } from '../../../src/base/job.ts';
import { readPipeline } from '../../../src/dvc/read/pipeline.ts';
import { gitHubClient } from '../../../src/github/api/client.ts';
import { readNeeds } from '../../../src/github/baton/baton.ts';
import { readResults, writeResults } from '../../../src/github/baton/stage-results.ts';
import { proposeResults } from '../../../src/github/commit/propose-results.ts';
import { pipelineEvent, readEvent } from '../../../src/github/job/event.ts';
import { buildReport } from '../../../src/job/report/build.ts';
import { commentForkRun } from '../../../src/job/report/comment-fork-run.ts';
import { postReport } from '../../../src/job/report/post.ts';
import { resultsStore } from '../../../src/job/results/store.ts';
import { mlflowClient } from '../../../src/mlflow/client.ts';
import {
  aliasHolder,
  findVersion,
  listVersions,
  runMetrics,
} from '../../../src/mlflow/registry.ts';
import { mlflowRunPage } from '../../../src/mlflow/run-page.ts';
import { checkCredentials, syncMirror } from '../../../src/servers/dagshub-api.ts';
import { configureStages } from '../../../src/stage/options/options.ts';
import type { Dice } from '../differential/dice.ts';
import { stageResults } from '../stage-results.ts';
import { bot } from './behaviour.ts';
import { type EventName, eventNames } from './event-names.ts';
import { type OddJson, oddJson } from './odd-json.ts';
import { artifactToken, type OddPlace } from './place.ts';
import { wholeAction, wholeActions } from './whole-actions.ts';

/** One try: a server whose answers are odd, and what else there is. */
export interface Attempt {
  readonly dice: Dice;
  readonly url: string;
  readonly place: OddPlace;
  readonly note: (what: string) => void;
}

/** What the actions do with others' answers, each as far as it goes without an engine. */
export const scenarios: Readonly<Record<string, (attempt: Attempt) => Promise<unknown>>> = {
  async fork({ dice, url, place, note }) {
    const odd = dice.chance(0.5) ? place.event(dice, 'workflow_run') : undefined;
    if (odd) note(odd.told);
    const event = readEvent(
      eventFile(place, 'workflow_run', odd ?? place.plainEvent('workflow_run')),
    );
    if (event.kind !== 'run-ended') throw new Error('it is another event');
    await commentForkRun({
      ...{ request: gitHubClient('t', { baseUrl: url }), repository, run: event.run, author: bot },
      server: 'https://github.com',
    });
  },

  async report({ url, place }) {
    const request = gitHubClient('t', { baseUrl: url });
    const { root, head, base: commit } = place;
    const rule = { kind: 'merge-base', commit, ref: 'main', head } as const;
    const base = await jobBase(rule, { root, ...repository, request });
    const pipeline = readPipeline(root);
    const stages = configureStages(root, pipeline.stages);
    const { report } = await buildReport({ pipeline, stages, base, head, links: [] });
    const run = { number: 3, attempt: 1 };
    const pullRequest = { ...repository, number: 7 };
    const outcome = await postReport(request, { report, pullRequest, run, author: bot });
    if ('cause' in outcome) console.log(`${outcome.cause}\n${outcome.hint}`);
  },

  async history({ url, place }) {
    const { root, base: commit } = place;
    const request = gitHubClient('t', { baseUrl: url });
    const base = await jobBase({ kind: 'commit', commit }, { root, ...repository, request });
    if ('missing' in base) {
      console.log(base.reason);
      return;
    }
    await base.list('results');
    await base.history('metrics.json', 10);
  },

  async propose({ url, place }) {
    const report = (line: string) => console.log(line);
    const request = gitHubClient('t', { baseUrl: url });
    const message = 'Update dvc.lock';
    await proposeResults(request, repository, {
      root: place.clone,
      branch: 'main',
      message,
      report,
    });
  },

  async dagshub({ url }) {
    const dagsHub = { host: url, owner: 'ada', repo: 'iris', user: 'ada', token: 't' };
    const { text } = await syncMirror(dagsHub);
    console.log(text);
    await checkCredentials(dagsHub);
  },

  async mlflow({ dice, url }) {
    const env = { MLFLOW_TRACKING_USERNAME: 'u', MLFLOW_TRACKING_PASSWORD: 'p' };
    const sought = { tag: 'sibling.run', value: 'x' };
    const page = await mlflowRunPage(url, env, sought);
    if (page !== undefined) console.log(page);
    const client = mlflowClient({ uri: url }, { firstWait: 10 });
    const question = dice.pick([
      async () => (await listVersions(client, 'iris')).map(({ number }) => number),
      () => aliasHolder(client, 'iris', 'production'),
      () => findVersion(client, 'iris', 3),
      async () => [...(await runMetrics(client, 'abc'))],
    ]);
    console.log(JSON.stringify(await question()));
  },

  async store({ url, place }) {
    const env = { ACTIONS_RESULTS_URL: `${url}/`, ACTIONS_RUNTIME_TOKEN: artifactToken };
    const store = resultsStore(env, place);
    const hash = await store.keep(writeResults(stageResults()));
    readResults('train', await store.fetch('train', hash));
  },

  async events({ dice, place, note }) {
    const name = dice.pick(eventNames);
    const odd = place.event(dice, name);
    note(`${name}: ${odd.told}`);
    pipelineEvent(eventFile(place, name, odd));
  },

  async needs({ dice, place, note }) {
    const needs = { train: { result: 'success', outputs: { baton: place.baton } } };
    const odd = oddJson(dice, needs);
    note(odd.told);
    readNeeds(JSON.stringify(odd.value ?? null));
    const results = oddJson(dice, JSON.parse(writeResults(stageResults())));
    note(results.told);
    readResults('train', JSON.stringify(results.value ?? null));
  },

  async actions({ dice, url, place, note }) {
    const action = dice.pick(wholeActions);
    const event =
      action === 'push-artifacts' ? 'push' : dice.pick(['pull_request', 'workflow_run'] as const);
    const odd = dice.chance(0.3) ? place.event(dice, event) : place.plainEvent(event);
    note(`${action} on ${event}: ${odd.told}`);
    await wholeAction({ place, url, action, event, payload: odd.value });
  },
};

const repository = { owner: 'ada', repo: 'iris' } as const;

let events = 0;
function eventFile({ folder }: OddPlace, name: EventName, { value }: OddJson): NodeJS.ProcessEnv {
  const path = join(folder, `event-${events++ % 500}.json`);
  writeFileSync(path, JSON.stringify(value ?? null));
  return { GITHUB_EVENT_NAME: name, GITHUB_EVENT_PATH: path };
}
