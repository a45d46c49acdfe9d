/**
 * Starts the DagsHub stand-in for trying things by hand, with one user and one connected repository,
 * and prints what to put into .env. `npm run dagshub [-- PORT]`; ends with Ctrl+C, its data with it.
 */
import { startDagsHub } from '../test/rig/dagshub/stand-in.ts';

const port = Number(process.argv[2] ?? 8765);
const dagsHub = await startDagsHub({ port });
const user = dagsHub.addUser('ada', 'stand-in-token');
const repository = dagsHub.addRepository(user.name, 'iris', { private: true, mirror: true });

console.log(`# DagsHub stand-in; for .env:
DAGSHUB_CLIENT_HOST=${dagsHub.url}
DAGSHUB_USER_NAME=${user.name}
DAGSHUB_TOKEN=${user.token}
DAGSHUB_REPO=${repository.owner}/${repository.name}
MLFLOW_TRACKING_URI=${dagsHub.url}/${repository.owner}/${repository.name}.mlflow

# What it saw:        curl ${dagsHub.url}/_rig/requests
# Let a tenth fail:   curl ${dagsHub.url}/_rig/faults -d '[{"kind": 503, "probability": 0.1}]'
# All well again:     curl -X DELETE ${dagsHub.url}/_rig/faults`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    void dagsHub.stop();
  });
}
