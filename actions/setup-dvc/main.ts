import { resolve } from 'node:path';
import * as core from '@actions/core';
import { dagsHubOf, mlflowUri } from '../../src/dagshub.ts';
import { checkCredentials } from '../../src/dagshub-api.ts';
import { git } from '../../src/git.ts';
import { credentialsVariable, writeCredentials } from '../../src/github/credentials-file.ts';
import { booleanInput } from '../../src/github/inputs.ts';
import { localRemoteFolder, localTransport, underAct } from '../../src/github/job.ts';
import { runAction } from '../../src/github/report-failure.ts';
import { secretForms, secretsOf } from '../../src/secrets.ts';

await runAction(async () => {
  const env = inputsOverEnvironment();
  maskSecrets(env);
  const dagsHub = dagsHubOf(
    env,
    await git(
      resolve(core.getInput('working-directory') || '.'),
      ...['remote', 'get-url', 'origin'],
    ),
  );
  if (!dagsHub) {
    offline(env);
    return;
  }
  if (booleanInput('check')) await checkCredentials(dagsHub);
  const path = await writeCredentials(process.env, {
    DAGSHUB_USER_NAME: dagsHub.user,
    DAGSHUB_TOKEN: dagsHub.token,
    DAGSHUB_REPO: `${dagsHub.owner}/${dagsHub.repo}`,
    ...(env.MLFLOW_TRACKING_URI && { MLFLOW_TRACKING_URI: env.MLFLOW_TRACKING_URI }),
  });
  core.saveState('credentials', path);
  core.exportVariable(credentialsVariable, path);
  core.setOutput('mode', 'dagshub');
  core.setOutput('transport', 'remote');
  core.info(`DagsHub: user ${dagsHub.user}, repository ${dagsHub.owner}/${dagsHub.repo}`);
  core.info(`MLflow: ${env.MLFLOW_TRACKING_URI ?? mlflowUri(dagsHub)}`);
});

/** Of what Sibling reads: GitHub itself masks no other form of a secret than the plain one. */
function maskSecrets(env: NodeJS.ProcessEnv): void {
  const ours = Object.entries(env).filter(([name]) =>
    /^(?:DAGSHUB|MLFLOW|AWS|SIBLING)_/.test(name),
  );
  const uri = env.MLFLOW_TRACKING_URI ?? '';
  const inUri = URL.canParse(uri) ? decodeURIComponent(new URL(uri).password) : '';
  const users = [env.DAGSHUB_USER_NAME, env.MLFLOW_TRACKING_USERNAME].flatMap((user) => user || []);
  for (const secret of [...secretsOf(Object.fromEntries(ours)), inUri]) {
    for (const form of secretForms(secret, users)) core.setSecret(form);
  }
}

/** Inputs that are given win; an empty one, as an absent secret gives, is no input. */
function inputsOverEnvironment(): NodeJS.ProcessEnv {
  const given = {
    DAGSHUB_USER_NAME: core.getInput('dagshub-user'),
    DAGSHUB_TOKEN: core.getInput('dagshub-token'),
    DAGSHUB_REPO: core.getInput('dagshub-repo'),
    MLFLOW_TRACKING_URI: core.getInput('mlflow-tracking-uri'),
  };
  const filled = Object.entries({ ...process.env, ...withoutEmpty(given) }).filter(
    ([, value]) => value !== '',
  );
  return Object.fromEntries(filled);
}

function withoutEmpty(values: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''));
}

/** No credentials, as in a fork: data stay on this machine or travel as artifacts. */
function offline(env: NodeJS.ProcessEnv): void {
  const folder = localRemoteFolder(env);
  core.exportVariable('SIBLING_LOCAL_REMOTE', folder);
  // A server on GitHub's machine would be thrown away with it; under act it is the person's own.
  if (!underAct(env)) core.exportVariable('SIBLING_LOCAL_TRACKING', 'off');
  core.setOutput('mode', 'offline');
  core.setOutput('transport', localTransport(env));
  core.setOutput('remote-folder', folder);
  core.info(
    'No DagsHub credentials: nothing is pushed to DagsHub, and runs and models are not logged there. ' +
      `Data are kept in ${folder}.`,
  );
}
