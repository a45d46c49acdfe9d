import type { DagsHub } from '../../servers/dagshub.ts';
import { checkRepository, checkUser, type DagsHubRepository } from '../../servers/dagshub-api.ts';
import type { Check } from '../check.ts';

const deadline = 21_000;

/** What DagsHub says to the credentials. */
export function dagsHubChecks(credentials: Check<DagsHub | undefined>) {
  const user: Check<DagsHub> = {
    name: 'dagshub-user',
    kind: 'remote',
    needs: [credentials],
    deadline,
    async look(given) {
      const dagsHub = given(credentials);
      if (!dagsHub) return { state: 'skipped', needs: 'DagsHub credentials (make setup-env)' };
      await checkUser(dagsHub);
      return {
        state: 'ok',
        text: `${dagsHub.host} knows ${dagsHub.user} by this token`,
        value: dagsHub,
      };
    },
  };
  const repository: Check<DagsHubRepository> = {
    name: 'dagshub-repo',
    kind: 'remote',
    needs: [user],
    deadline,
    async look(given) {
      const { user: name, owner, repo } = given(user);
      const value = await checkRepository(given(user));
      return { state: 'ok', text: `${name} sees ${owner}/${repo}`, value };
    },
  };
  const write: Check = {
    name: 'dagshub-write',
    kind: 'credentials',
    needs: [user, repository],
    deadline: 1_000,
    look(given) {
      const { user: name, owner, repo } = given(user);
      switch (given(repository).mayPush) {
        case true:
          return { state: 'ok', text: `${name} may write to ${owner}/${repo}`, value: undefined };
        case undefined:
          return {
            state: 'skipped',
            needs: 'an answer of DagsHub that names permissions: it gave none',
          };
        case false:
          return {
            state: 'failure',
            failure: {
              kind: 'credentials',
              cause: `${name} may read ${owner}/${repo}, but not write to it: a push will be refused`,
              hint: `Ask ${owner} to make ${name} a collaborator who may write, or set DAGSHUB_REPO to a repository of your own.`,
            },
          };
      }
    },
  };
  return { user, repository, write };
}
