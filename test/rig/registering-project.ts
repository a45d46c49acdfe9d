import { createHash } from 'node:crypto';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { git, makeProject, sibling } from './stage-project.ts';

/** A model from words and a seed, in digits; registered as stages/train does, where there is a server. */
const trainScript = `
import base64, hashlib, json, os, pathlib, re, sys, time, urllib.error, urllib.request

words = pathlib.Path("data/words.txt").read_bytes()
params = pathlib.Path("params.yaml").read_bytes()
salt = "".encode()
model = str(int(hashlib.sha512(words + params + salt).hexdigest(), 16)).zfill(155)
pathlib.Path("models/model.txt").write_text(model)
uri = os.environ.get("MLFLOW_TRACKING_URI")
if not uri:
    print("no server")
    sys.exit(0)

def post(path, body):
    request = urllib.request.Request(
        f"{uri}/api/2.0/mlflow/{path}", json.dumps(body).encode(), {"content-type": "application/json"}
    )
    user, password = (os.environ.get(f"MLFLOW_TRACKING_{key}") for key in ("USERNAME", "PASSWORD"))
    if user:
        pair = base64.b64encode(f"{user}:{password}".encode()).decode()
        request.add_header("authorization", f"Basic {pair}")
    return json.load(urllib.request.urlopen(request))

about = json.loads(pathlib.Path(os.environ["SIBLING_CONTEXT_FILE"]).read_text())
tags = {
    "sibling.model_md5": hashlib.md5(model.encode()).hexdigest(),
    "sibling.image": about["image"],
    "sibling.base_image": about["base_image"],
    "sibling.git_commit": about["git"]["commit"],
    "sibling.git_dirty": str(about["git"]["dirty"]).lower(),
}
for path, md5 in about["deps"].items():
    tags[re.sub(r"[^/\\w.\\- ]", "_", f"sibling.dep.{path}")] = md5
try:
    post("registered-models/create", {"name": about["project"]})
except urllib.error.HTTPError:
    pass
listed = [{"key": key, "value": value} for key, value in tags.items()]
run = post("runs/create", {"experiment_id": "0", "start_time": int(time.time() * 1000), "tags": listed})
info = run["run"]["info"]
accuracy = {"key": "accuracy", "value": float("0." + model[:6]), "timestamp": 1, "run_id": info["run_id"]}
post("runs/log-metric", accuracy)
version = {
    "name": about["project"],
    "source": info["artifact_uri"] + "/model",
    "run_id": info["run_id"],
    "tags": listed,
}
print("version", post("model-versions/create", version)["model_version"]["version"])
`;

const variables = ['URI', 'USERNAME', 'PASSWORD'].map((name) => `MLFLOW_TRACKING_${name}?`);

/**
 * A project whose pipeline registers a model, in a folder of a Git repository; nothing has run. Its
 * first stage reads data that DVC keeps and no stage makes.
 */
export function registeringProject(): string {
  const made = makeProject({
    stages: {
      words: {
        script: 'cat raw.txt > data/words.txt',
        entry: { deps: ['stages/words', 'raw.txt'], outs: ['data/words.txt'] },
      },
      train: {
        script: '',
        entry: {
          deps: ['stages/train', 'data/words.txt'],
          params: ['train.seed'],
          outs: ['models/model.txt'],
          meta: { sibling: { network: 'tracking', env: variables } },
        },
      },
      evaluate: {
        script:
          'echo "{\\"accuracy\\": 0.$(head -c 6 models/model.txt), \\"digits\\": 155}" > metrics.json',
        entry: {
          deps: ['stages/evaluate', 'models/model.txt'],
          metrics: [{ 'metrics.json': { cache: false } }],
        },
      },
    },
    files: {
      'params.yaml': 'train:\n  seed: 1\n',
      '.gitignore': '/data\n/models\n/raw.txt\n',
      'stages/train/train.py': trainScript,
      ...addedByDvc('raw.txt', 'some\nwords\n'),
    },
  });
  writeFileSync(
    join(made, 'stages/train/Dockerfile'),
    'ARG BASE\nFROM $BASE\nCOPY train.py /train.py\nENTRYPOINT ["python3", "/train.py"]\n',
  );
  rmSync(join(made, '.git'), { recursive: true });
  const repository = `${made}-repository`;
  const root = join(repository, 'models/word count');
  mkdirSync(join(repository, 'models'), { recursive: true });
  renameSync(made, root);
  git(repository, 'init', '--quiet', '--initial-branch=main');
  commitAll(root, 'start');
  return root;
}

/** A file as `dvc add` leaves it, by path. */
function addedByDvc(path: string, content: string): Record<string, string> {
  const md5 = createHash('md5').update(content).digest('hex');
  return {
    [path]: content,
    [`.dvc/cache/files/md5/${md5.slice(0, 2)}/${md5.slice(2)}`]: content,
    [`${path}.dvc`]: `outs:\n- md5: ${md5}\n  size: ${content.length}\n  hash: md5\n  path: ${path}\n`,
  };
}

/** Runs the pipeline, which registers a version, pushes the data and commits dvc.lock; its commit. */
export async function registerVersion(root: string, env: NodeJS.ProcessEnv): Promise<string> {
  for (const args of [['run'], ['push']]) {
    const { code, stderr } = await sibling(root, args, { env });
    if (code !== 0) throw new Error(`sibling ${args.join(' ')}: exit code ${code}\n${stderr}`);
  }
  return commitAll(root, 'results');
}

export function commitAll(root: string, message: string): string {
  git(root, 'add', '--all');
  git(root, 'commit', '--quiet', '--allow-empty', '--message', message);
  return git(root, 'rev-parse', 'HEAD');
}
