import { randomBytes } from 'node:crypto';
import type { Engine } from '../../container/engine.ts';
import { findTrackingServer, trackingServerSettings } from '../../container/tracking/server.ts';
import { ExpectedFailure } from '../../errors.ts';
import {
  type MlflowServer,
  mlflowClient,
  mlflowServerOf,
  shownAddress,
} from '../../mlflow/client.ts';
import type { DagsHub } from '../../servers/dagshub.ts';
import type { Check, Finding } from '../check.ts';
import { probeAlias, readAlias } from '../probes/alias.ts';
import { askServer } from '../probes/server-answer.ts';
import type { Subject } from '../subject.ts';

const deadline = 20_000;

/** The MLflow server that stages log to, as far as one is there. */
export function mlflowChecks(
  { env, tracking }: Subject,
  credentials: Check<DagsHub | undefined>,
  engine: Check<Engine>,
  { writeProbes }: { readonly writeProbes: boolean },
) {
  const server: Check<MlflowServer> = {
    name: 'mlflow',
    kind: 'tracking',
    needs: tracking?.kind === 'local' ? [credentials, engine] : [credentials],
    deadline,
    async look(given, signal) {
      if (tracking === undefined || tracking.kind === 'off') {
        return { state: 'skipped', needs: 'a tracking server: SIBLING_LOCAL_TRACKING is off' };
      }
      if (tracking.kind === 'remote') {
        const named = mlflowServerOf(tracking.env);
        if (named) return reach(named, signal);
      }
      const local = await findTrackingServer(given(engine), trackingServerSettings(env));
      if (local) return reach({ uri: local.uri }, signal);
      return {
        state: 'skipped',
        needs: 'the local MLflow server, which the next run starts (sibling up)',
      };
    },
  };
  const authentication: Check<MlflowServer> = {
    name: 'mlflow-auth',
    kind: 'credentials',
    needs: [server],
    deadline,
    async look(given, signal) {
      const found = given(server);
      const client = mlflowClient(found, { tries: 1, deadline: deadline / 2, signal });
      await client.send('POST', 'experiments/search', { max_results: 1 });
      const who = found.user === undefined ? 'asks for no credentials' : `accepts ${found.user}`;
      return { state: 'ok', text: `the server ${who}`, value: found };
    },
  };
  const write: Check = {
    name: 'mlflow-write',
    kind: 'credentials',
    needs: [authentication],
    deadline,
    look: (given, signal) => mayWrite(given(authentication), signal),
  };
  const aliases: Check = {
    name: 'mlflow-aliases',
    kind: 'tracking',
    needs: writeProbes ? [authentication, write] : [authentication],
    deadline: 2 * deadline,
    cleansUp: true,
    look(given, signal) {
      const options = { tries: 2, deadline: deadline / 2 };
      const found = given(authentication);
      if (!writeProbes) return readAlias(mlflowClient(found, { ...options, signal }));
      // Not by the signal: what is made is to be removed.
      return probeAlias(mlflowClient(found, options), signal);
    },
  };
  return { server, authentication, write, aliases };
}

async function reach(server: MlflowServer, signal: AbortSignal): Promise<Finding<MlflowServer>> {
  const at = shownAddress(server);
  const { user, password } = server;
  const asked = { url: `${server.uri}/version`, user, password };
  const { status, text } = await askServer(asked, 'tracking', signal);
  const version = /^\s*(\d+\.\d+[\w.+-]*)\s*$/.exec(text)?.[1];
  if (status === 200 && version)
    return { state: 'ok', text: `MLflow ${version} at ${at}`, value: server };
  if (status === 401 || status === 403) {
    // Whether it is the credentials is for the next check to say.
    return { state: 'ok', text: `${at} answers, and asks who we are`, value: server };
  }
  if (status >= 500) {
    throw new ExpectedFailure({
      kind: 'tracking',
      cause: `the MLflow server at ${at} has trouble of its own (HTTP ${status})`,
      hint: 'Try again in a few minutes.',
    });
  }
  return {
    state: 'warning',
    text: `${at} does not tell a version of MLflow (HTTP ${status})`,
    hint: 'Check MLFLOW_TRACKING_URI, if what follows fails too.',
    value: server,
  };
}

/**
 * Asks to log a parameter to a run that does not exist: whoever may write hears that there is no such
 * run, and nothing is written either way.
 */
async function mayWrite(
  { uri, user, password }: MlflowServer,
  signal: AbortSignal,
): Promise<Finding> {
  const body = { run_id: randomBytes(16).toString('hex'), key: 'sibling-doctor', value: 'probe' };
  const url = `${uri}/api/2.0/mlflow/runs/log-parameter`;
  const asked = { url, method: 'POST', body, user, password } as const;
  const { status, text } = await askServer(asked, 'tracking', signal);
  if (text.includes('RESOURCE_DOES_NOT_EXIST')) {
    return { state: 'ok', text: 'it lets a write through', value: undefined };
  }
  if (status === 401 || status === 403) {
    return {
      state: 'failure',
      failure: {
        kind: 'credentials',
        cause: `the MLflow server lets ${user ?? 'nobody without credentials'} read, but not write (HTTP ${status})`,
        hint: 'Ask the owner of the repository for write access; stages fail where they log.',
      },
    };
  }
  return {
    state: 'warning',
    text: `whether it lets a write through is not clear from its answer (HTTP ${status})`,
    hint: 'sibling doctor --write-probes tries it with a model that it removes again.',
    value: undefined,
  };
}
