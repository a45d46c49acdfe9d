import { resolve } from 'node:path';
import * as core from '@actions/core';
import { originOf } from '../../src/git/git.ts';
import { credentialsVariable, writeCredentials } from '../../src/github/job/credentials-file.ts';
import { booleanInput } from '../../src/github/job/inputs.ts';
import { localRemoteFolder, localTransport, underAct } from '../../src/github/job/job.ts';
import { runAction } from '../../src/github/job/report-failure.ts';
import { withoutCredentials } from '../../src/network/address.ts';
import { chooseRemote, remoteName } from '../../src/remote/remote.ts';
import { warnOfTrouble } from '../../src/run/remote/known.ts';
import { secretForms } from '../../src/secrets/forms.ts';
import { secretsOf } from '../../src/secrets/secrets.ts';
import { dagsHubOf } from '../../src/servers/dagshub.ts';
import { checkCredentials } from '../../src/servers/dagshub-api.ts';
import { chooseTracking } from '../../src/servers/tracking.ts';

await runAction(async () => {
  const env = inputsOverEnvironment();
  maskSecrets(env);
  const isChecked = booleanInput('check');
  const root = resolve(core.getInput('working-directory') || '.');
  const dagsHub = dagsHubOf(env, await originOf(root));
  const alone = dagsHub ? {} : offline(env);
  const local = { ...env, ...alone };
  const remote = chooseRemote(root, '', local, dagsHub);
  const tracking = chooseTracking(local, dagsHub);
  if (dagsHub && isChecked) await checkCredentials(dagsHub);
  for (const [name, value] of Object.entries(alone)) core.exportVariable(name, value);
  const path = await writeCredentials(process.env, {
    ...(dagsHub && {
      DAGSHUB_USER_NAME: dagsHub.user,
      DAGSHUB_TOKEN: dagsHub.token,
      DAGSHUB_REPO: `${dagsHub.owner}/${dagsHub.repo}`,
    }),
    // Also a server of one's own, which needs no DagsHub.
    ...(env.MLFLOW_TRACKING_URI && { MLFLOW_TRACKING_URI: env.MLFLOW_TRACKING_URI }),
  });
  core.saveState('credentials', path);
  core.exportVariable(credentialsVariable, path);
  core.setOutput('mode', dagsHub ? 'dagshub' : 'offline');
  // A fork has no secrets, and runs all the same; what then needs the remote fails with these words.
  warnOfTrouble({ root, folders: [root] }, remote, local, core.warning);
  for (const name of ['SIBLING_DVC_REMOTES', 'SIBLING_REMOTE_CREDENTIALS']) {
    const value = env[name];
    if (value && value !== process.env[name]) core.exportVariable(name, value);
  }
  const isHere = remote.kind === 'folder';
  core.setOutput('transport', isHere ? localTransport(env) : 'remote');
  if (isHere) core.setOutput('remote-folder', remote.folder);
  core.info(
    dagsHub
      ? `DagsHub: user ${dagsHub.user}, repository ${dagsHub.owner}/${dagsHub.repo}`
      : 'No DagsHub credentials: nothing is pushed to DagsHub, and no models are registered there.',
  );
  core.info(`Data: ${withoutCredentials(remoteName(remote))}`);
  if (tracking.kind === 'remote') core.info(`MLflow: ${withoutCredentials(tracking.uri)}`);
  else core.info('MLflow: none');
});

/** Of what Sibling reads: GitHub itself masks no other form of a secret than the plain one. */
function maskSecrets(env: NodeJS.ProcessEnv): void {
  const lent = new Set((env.SIBLING_REMOTE_CREDENTIALS ?? '').split(/[\s,]+/));
  const ours = Object.entries(env).filter(
    ([name]) =>
      lent.has(name) ||
      /^(?:DAGSHUB|MLFLOW|AWS|SIBLING|DVC|AZURE|OSS)_|^(?:HTTPS?|ALL)_PROXY$/i.test(name),
  );
  const users = [env.DAGSHUB_USER_NAME, env.MLFLOW_TRACKING_USERNAME].flatMap((user) => user || []);
  for (const secret of secretsOf(Object.fromEntries(ours), { names: [...lent], publicText: '' })) {
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
    // Both: `export github` writes the input, and a person the variable.
    SIBLING_DVC_REMOTES: [core.getInput('remotes'), process.env.SIBLING_DVC_REMOTES ?? '']
      .filter((kinds) => kinds !== '')
      .join(','),
    SIBLING_REMOTE_CREDENTIALS: core.getInput('remote-credentials'),
  };
  const filled = Object.entries({ ...process.env, ...withoutEmpty(given) }).filter(
    ([, value]) => value !== '',
  );
  return Object.fromEntries(filled);
}

function withoutEmpty(values: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''));
}

/**
 * No credentials, as in a fork: data that no other remote takes stay on this machine or travel as
 * artifacts. Gives what the environment of the later steps says of that.
 */
function offline(env: NodeJS.ProcessEnv): Record<string, string> {
  const exported: Record<string, string> = { SIBLING_LOCAL_REMOTE: localRemoteFolder(env) };
  // A server on GitHub's machine would be thrown away with it; under act it is the person's own.
  if (!underAct(env)) exported.SIBLING_LOCAL_TRACKING = 'off';
  return exported;
}
