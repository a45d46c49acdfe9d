import { describedFile, describedTree } from '../github/described-file.ts';
import { zipOf } from '../zip.ts';
import type { Asked, Behaviour, Meant } from './odd-server.ts';

/** What the servers hold, and what was done to it. */
export interface World {
  readonly comments: { id: number; body: string; user: { login: string } | null }[];
  /** Comments that were made. */
  made: number;
  readonly head: string;
  readonly base: string;
  /** Text of the files of the base, by their path. */
  readonly files: Readonly<Record<string, string>>;
  /** Text of report.json in the artifact of the fork's run. */
  readonly report: string;
  /** Artifacts that were uploaded, by name. */
  readonly uploads: Map<string, Buffer>;
}

/** Who the workflow's token is. */
export const bot = 'github-actions[bot]';

const repository = {
  id: 11,
  full_name: 'ada/iris',
  name: 'iris',
  owner: { login: 'ada', id: 5, type: 'User' },
  fork: false,
};
const fork = {
  id: 12,
  full_name: 'eve/iris',
  name: 'iris',
  owner: { login: 'eve', id: 6, type: 'User' },
  fork: true,
};

/** Parts of the addresses that are asked, one of which an oddity strikes. */
export const addressParts = [
  ...['/comments', 'POST /repos/ada/iris/issues', 'PATCH', 'GET /repos/ada/iris/issues/7/comments'],
  ...[
    '/graphql',
    '/user',
    '/pulls',
    '/compare/',
    '/git/commits/',
    '/git/trees/',
    '/contents/',
    '/commits',
  ],
  ...['/artifacts', '/zip', '/check-runs', '/api/v1/user', '/api/v1/repos', '/mirror-sync'],
  ...['/experiments/', '/runs/', '/registered-models/', '/model-versions/'],
  ...['CreateArtifact', 'FinalizeArtifact', 'ListArtifacts', 'GetSigned', '/blob/'],
] as const;

/** GitHub, its artifact service, DagsHub and MLflow, as far as Sibling asks them. */
export function wellBehaved(world: World, url: () => string): Behaviour {
  return (asked) =>
    gitHub(world, asked) ?? artifacts(world, asked, url()) ?? others(asked) ?? missing;
}

const missing: Meant = { status: 404, body: { message: 'Not Found' } };

function gitHub(world: World, asked: Asked): Meant | undefined {
  const { method, path, query } = asked;
  const json = () => JSON.parse(asked.body.toString() || '{}');
  const at = /^\/repos\/ada\/iris(\/.*)$/.exec(path)?.[1] ?? path;
  const repo = '/repos/{owner}/{repo}';
  const of = (route: string, body: unknown, status = 200): Meant => ({ status, body, route });
  if (path === '/graphql') return of('', { data: { viewer: { login: bot } } });
  if (path === '/user') return { status: 403, body: { message: 'Resource not accessible' } };
  if (at === '/issues/7/comments') {
    if (method === 'POST') {
      const comment = { id: 100 + world.comments.length, ...json(), user: account(bot) };
      world.comments.push(comment);
      world.made++;
      return of(`POST ${repo}/issues/{issue_number}/comments`, comment, 201);
    }
    const [page, size] = [Number(query.get('page') ?? 1), Number(query.get('per_page') ?? 30)];
    const shown = world.comments.slice((page - 1) * size, page * size);
    return of(`GET ${repo}/issues/{issue_number}/comments`, shown);
  }
  const id = /^\/issues\/comments\/(\d+)$/.exec(at)?.[1];
  if (id !== undefined) {
    const index = world.comments.findIndex((comment) => comment.id === Number(id));
    const comment = world.comments[index];
    if (!comment) return missing;
    if (method === 'DELETE') {
      world.comments.splice(index, 1);
      return { status: 204 };
    }
    if (method === 'PATCH') comment.body = String(json().body);
    return of(`${method} ${repo}/issues/comments/{comment_id}`, { ...comment });
  }
  if (at === '/pulls' && method === 'POST') {
    return of(`POST ${repo}/pulls`, pull(world), 201);
  }
  if (at === '/pulls') {
    const isProposal = query.get('head')?.startsWith('ada:') === true;
    return of(`GET ${repo}/pulls`, isProposal ? [] : [pull(world)]);
  }
  if (at.startsWith('/compare/')) {
    const commit = { sha: world.base, commit: { message: 'x' }, parents: [] };
    return of(`GET ${repo}/compare/{basehead}`, {
      status: 'ahead',
      merge_base_commit: commit,
      commits: [],
      files: [],
    });
  }
  if (at.startsWith('/git/commits/')) {
    return of(`GET ${repo}/git/commits/{commit_sha}`, {
      sha: world.base,
      tree: { sha: world.base },
      parents: [],
    });
  }
  if (at.startsWith('/git/trees/')) {
    return of(`GET ${repo}/git/trees/{tree_sha}`, describedTree(Object.keys(world.files)));
  }
  if (at.startsWith('/contents/')) return contents(world, decodeURIComponent(at.slice(10)));
  if (at === '/commits')
    return of(`GET ${repo}/commits`, [{ sha: world.base, commit: { message: 'x' }, parents: [] }]);
  if (at === '/actions/runs/9/artifacts') {
    const facts = {
      id: 4,
      name: 'sibling-report',
      expired: false,
      created_at: '2026-01-01T00:00:00Z',
    };
    const size_in_bytes = archive(world).length;
    const body = {
      total_count: 1,
      artifacts: [{ ...facts, size_in_bytes, workflow_run: { id: 9 } }],
    };
    return of(`GET ${repo}/actions/runs/{run_id}/artifacts`, body);
  }
  if (at === '/actions/artifacts/4/zip') {
    return { status: 200, body: archive(world), headers: { 'content-type': 'application/zip' } };
  }
  if (at === '/check-runs') return of(`POST ${repo}/check-runs`, { id: 3, ...json() }, 201);
  return undefined;
}

function archive({ report }: World): Buffer {
  return zipOf([{ name: 'report.json', text: report }]);
}

function account(login: string) {
  return { login, id: 41, type: 'Bot', site_admin: false };
}

function pull({ head, base }: World) {
  return {
    ...{ number: 7, id: 70, state: 'open', title: 'x', body: null, user: account('eve') },
    html_url: 'https://github.com/ada/iris/pull/7',
    ...{ draft: false, merged_at: null, labels: [], assignees: [] },
    head: { sha: head, ref: 'change', label: 'eve:change', repo: fork, user: account('eve') },
    base: { sha: base, ref: 'main', label: 'ada:main', repo: repository, user: account('ada') },
  };
}

function contents({ files, base }: World, path: string): Meant {
  const route = 'GET /repos/{owner}/{repo}/contents/{path}';
  const text = files[path];
  if (text !== undefined) {
    return { status: 200, route, body: { ...entry(path, base), ...describedFile(text) } };
  }
  const below = Object.keys(files).filter((file) => file.startsWith(`${path}/`));
  if (below.length === 0) return missing;
  return { status: 200, route, body: below.map((file) => entry(file, base)) };
}

function entry(path: string, sha: string) {
  return {
    ...{ type: 'file', path, name: path.split('/').at(-1), sha, size: 3 },
    git_url: `https://api.github.com/repos/ada/iris/git/blobs/${sha}`,
  };
}

function artifacts({ uploads }: World, { path, body }: Asked, url: string): Meant | undefined {
  if (path.startsWith('/blob/')) {
    const name = path.slice('/blob/'.length);
    if (body.length === 0) return { status: 200, body: uploads.get(name) ?? Buffer.alloc(0) };
    if (!body.toString('latin1').startsWith('<?xml')) uploads.set(name, body);
    return { status: 201 };
  }
  const called = /\.ArtifactService\/(\w+)$/.exec(path)?.[1];
  if (called === undefined) return undefined;
  const { name = '', name_filter: filter = '' } = JSON.parse(body.toString());
  const ok = (answer: object): Meant => ({ status: 200, body: answer });
  switch (called) {
    case 'CreateArtifact':
      return ok({ ok: true, signed_upload_url: `${url}/blob/${name}?sig=1` });
    case 'FinalizeArtifact':
      return ok({ ok: true, artifact_id: '77' });
    case 'ListArtifacts': {
      const ids = { workflow_run_backend_id: 'r', workflow_job_run_backend_id: 'j' };
      const found = uploads.has(filter)
        ? [{ ...ids, name: filter, database_id: '77', size: '10' }]
        : [];
      return ok({ artifacts: found });
    }
    default:
      return ok({ name, signed_url: `${url}/blob/${name}?sig=2` });
  }
}

function others({ path }: Asked): Meant | undefined {
  const ok = (body: unknown): Meant => ({ status: 200, body });
  if (path === '/api/v1/user') return ok({ id: 1, login: 'ada', username: 'ada', email: null });
  if (path === '/api/v1/repos/ada/iris') {
    return ok({ id: 2, name: 'iris', permissions: { admin: false, push: true, pull: true } });
  }
  if (path.endsWith('/mirror-sync')) return ok({});
  const version = {
    ...{ name: 'iris', version: '3', creation_timestamp: 1_700_000_000_000, run_id: 'abc' },
    ...{ current_stage: 'None', status: 'READY', tags: [{ key: 'sibling.run', value: 'x' }] },
  };
  switch (/\/api\/2\.0\/mlflow\/(.+)$/.exec(path)?.[1]) {
    case 'experiments/search':
      return ok({ experiments: [{ experiment_id: '1', name: 'iris', lifecycle_stage: 'active' }] });
    case 'runs/search':
      return ok({ runs: [{ info: { run_id: 'abc', experiment_id: '1', status: 'FINISHED' } }] });
    case 'runs/get':
      return ok({
        run: { info: { run_id: 'abc' }, data: { metrics: [{ key: 'accuracy', value: 0.9 }] } },
      });
    case 'registered-models/get':
      return ok({
        registered_model: {
          name: 'iris',
          tags: [],
          aliases: [{ alias: 'production', version: '3' }],
        },
      });
    case 'model-versions/search':
      return ok({ model_versions: [version] });
    case 'model-versions/get':
      return ok({ model_version: version });
    case 'registered-models/alias':
      return ok({});
    default:
      return undefined;
  }
}
