import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Canary, canary } from './canary.ts';
import { git, makeProject } from './stage-project.ts';

/** Where each stands; the names of variables are ordinary ones. */
export const secrets = {
  ordinary: canary('o"d&<+/ '),
  declared: canary(),
  proxy: canary(),
  origin: canary(),
  header: canary(),
  config: canary(),
  dvcConfig: canary(),
  tracking: canary(),
  dagsHub: canary(),
};

/** Where a secret is in a text, with some of what stands around it. */
export const leaksOf = (text: string): string[] =>
  Object.entries(secrets).flatMap(([name, { hits, pieces }]) =>
    [...hits(text), ...pieces(text)].slice(0, 1).map((piece) => {
      const at = text.indexOf(piece);
      return `${name}: ${text.slice(Math.max(0, at - 60), at + 40)}`;
    }),
  );

const base64 = (text: string) => Buffer.from(text).toString('base64');

/** Each form that a program may give a value; the shell's own word for it is $KAGGLE. */
const forms = `
say() { echo "$1 $2"; }
set +u
say plain "$KAGGLE $API_KEY_FILE_CONTENT $HTTP_PROXY"
say url "$(printf %s "$KAGGLE" | sed 's/"/%22/g; s/&/%26/g; s/</%3C/g; s/+/%2B/g; s#/#%2F#g; s/ /%20/g')"
say json "$(printf %s "$KAGGLE" | sed 's/"/\\\\"/g')"
say html "$(printf %s "$KAGGLE" | sed 's/&/\\&amp;/g; s/</\\&lt;/g; s/"/\\&quot;/g')"
say base64 "$(printf %s "$KAGGLE" | base64)"
say wrapped "$(printf 'a user of a name, and then some more: %s' "$KAGGLE" | base64 | fold -w 64)"
say folded "$(printf %s "$KAGGLE" | fold -w 22)"
for width in 16340 16350 16360 16376 65510 65520; do
  printf "%\${width}s" x | tr ' ' x; echo "$KAGGLE"
done
printf 'error: %s' "$KAGGLE" >&2
`;

/**
 * Makes a project whose secrets are in `.env`, in the configurations of DVC and Git and in addresses, and
 * lead to the server at `port`: of its stages `told` prints one in all notations, `broken` fails doing so,
 * and the image of `whole` is made of the whole project.
 */
export function canaryProject(port: number, services: string): string {
  const root = makeProject({
    stages: {
      told: {
        script: `${forms}\ncat "$SIBLING_CONTEXT_FILE" > context.json; env | sed 's/=.*//' > names`,
        entry: {
          deps: ['stages/told'],
          outs: ['context.json', 'names'],
          meta: { sibling: { env: ['KAGGLE', 'API_KEY_FILE_CONTENT', 'HTTP_PROXY'] } },
        },
      },
      whole: {
        script: '',
        entry: {
          deps: ['names'],
          metrics: [{ 'metrics.json': { cache: false } }],
          meta: {
            sibling: { image: '.', metrics: { accuracy: { better: 'higher', min: 0.1 } } },
          },
        },
      },
      broken: {
        script: `${forms}\nprintf %s "$KAGGLE" > model.txt; exit 3`,
        entry: {
          deps: ['names'],
          outs: ['model.txt'],
          meta: { sibling: { env: ['KAGGLE'], register: ['sh', '/run.sh'] } },
        },
      },
    },
    files: {
      '.gitignore': '.env\n',
      Dockerfile: `FROM busybox\nCOPY . /all\nENTRYPOINT ["sh", "-c", "echo '{\\"accuracy\\": 0.9}' > metrics.json"]\n`,
    },
  });
  const base = readFileSync(join(root, 'stages/told/Dockerfile'), 'utf8').split('\n')[0];
  const whole = join(root, 'Dockerfile');
  writeFileSync(whole, readFileSync(whole, 'utf8').replace(/^FROM .*/, String(base)));
  git(root, 'commit', '--quiet', '--all', '--message', 'image');
  const password = ({ token }: Canary) => encodeURIComponent(token);
  writeFileSync(
    join(root, '.env'),
    [
      `KAGGLE='${secrets.ordinary.token}'`,
      `API_KEY_FILE_CONTENT=${secrets.declared.token}`,
      `HTTP_PROXY=http://ada:${password(secrets.proxy)}@127.0.0.1:${port}`,
      `MLFLOW_TRACKING_URI=http://eve:${password(secrets.tracking)}@mlflow.internal`,
      `DAGSHUB_TOKEN=${secrets.dagsHub.token}`,
      ...['DAGSHUB_USER_NAME=ada', 'DAGSHUB_REPO=ada/iris'],
      `DAGSHUB_CLIENT_HOST=http://127.0.0.1:${port}`,
      ...[`SIBLING_SERVICES=${services}`, 'SIBLING_MLFLOW_PORT=0'],
    ].join('\n'),
    { mode: 0o600 },
  );
  writeFileSync(
    join(root, '.dvc/config.local'),
    `[core]\n    remote = echo\n['remote "echo"']\n    url = http://dvc.internal/x\n    auth = basic\n    user = ada\n    password = ${secrets.dvcConfig.token}\n['remote "other"']\n    url = http://ada:${password(secrets.config)}@dvc.internal/y\n`,
  );
  const origin = `http://x-access-token:${password(secrets.origin)}@git.internal/ada/iris.git`;
  git(root, 'remote', 'add', 'origin', origin);
  const header = `AUTHORIZATION: basic ${base64(`x-access-token:${secrets.header.token}`)}`;
  git(root, 'config', 'http.http://git.internal/.extraheader', header);
  return root;
}
