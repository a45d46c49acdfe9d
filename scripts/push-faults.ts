/**
 * Pushes 2,000 small files to a DagsHub stand-in whose storage fails at random, once per seed, and
 * looks whether all have arrived: `npm run push-faults -- --seeds 20 --from 0 --share 0.1`.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startDagsHub } from '../test/rig/dagshub/stand-in.ts';
import type { Repository } from '../test/rig/dagshub/world.ts';
import { type DataProject, makeDataProject, manyFiles } from '../test/rig/data-project.ts';
import { sibling } from '../test/rig/stage-project.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '20' },
    from: { type: 'string', default: '0' },
    files: { type: 'string', default: '2000' },
    share: { type: 'string', default: '0.1' },
  },
});
const kinds = [500, 502, 503, 'reset'] as const;
const dagsHub = await startDagsHub();
dagsHub.addUser('ada', 'token-ada');
let complete = 0;
const first = Number(values.from);
for (let seed = first; seed < first + Number(values.seeds); seed++) {
  const repository = dagsHub.addRepository('ada', `seed-${seed}`, { private: true });
  const project = makeDataProject({ folder: manyFiles(Number(values.files), 10_000) });
  dagsHub.requests.length = 0;
  const probability = Number(values.share) / kinds.length;
  dagsHub.faults.set(
    kinds.map((kind, at) => ({ kind, service: 's3', probability, seed: 1_000 * seed + at })),
  );
  const begun = performance.now();
  const { code, stderr } = await sibling(project.root, ['push'], {
    env: {
      DAGSHUB_CLIENT_HOST: dagsHub.url,
      DAGSHUB_USER_NAME: 'ada',
      DAGSHUB_TOKEN: 'token-ada',
      DAGSHUB_REPO: `ada/seed-${seed}`,
    },
  });
  const seconds = (performance.now() - begun) / 1000;
  dagsHub.faults.set([]);
  const wrong = await wrongOnRemote(project, repository);
  const said = stderr.includes('The remote was asked, and has all');
  const isComplete = code === 0 && wrong === 0 && said;
  if (isComplete) complete++;
  const faults = dagsHub.requests.filter(({ fault }) => fault !== undefined).length;
  const again = stderr.match(/trying again/g)?.length ?? 0;
  console.log(
    `seed ${seed}: exit ${code}, ${wrong} objects absent or wrong, ${faults} of ${dagsHub.requests.length} requests failed, the push began anew ${again} times, ${seconds.toFixed(1)} s`,
  );
  if (!isComplete) console.log(stderr);
  project.remove();
}
await dagsHub.stop();
const load = loadavg().map((each) => each.toFixed(1));
console.log(`${complete} of ${values.seeds} complete and verified, load ${load.join(' ')}`);
process.exit(complete === Number(values.seeds) ? 0 : 1);

async function wrongOnRemote({ md5s }: DataProject, repository: Repository): Promise<number> {
  const { folder } = await dagsHub.storage(repository);
  const isRight = (md5: string) => {
    try {
      const content = readFileSync(join(folder, 'dvc/files/md5', md5.slice(0, 2), md5.slice(2)));
      return createHash('md5').update(content).digest('hex') === md5.replace('.dir', '');
    } catch {
      return false;
    }
  };
  return [...md5s.values()].filter((md5) => !isRight(md5)).length;
}
