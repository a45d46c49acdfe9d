import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import ts from 'typescript';
import { repository } from './rig/repository.ts';

/** Variables that nobody sets in `.env`, with the reason. */
const others: Readonly<Record<string, readonly string[]>> = {
  'the launcher hands them to the processes that it starts in the dvc-runner': [
    ...['SIBLING_CONTAINER_ID', 'SIBLING_STAGE_CALL', 'SIBLING_RUN_FILE'],
    ...['SIBLING_IN_RUNNER', 'SIBLING_PROJECT_ID', 'SIBLING_RUN_ID', 'SIBLING_STAGE_ENV_FILE'],
    ...['SIBLING_GUARDED_HOME', 'SIBLING_TRACKING_NETWORK'],
  ],
  'Git’s own': [
    ...['GIT_SSH', 'GIT_SSH_COMMAND', 'GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE', 'GIT_PREFIX'],
    ...['GIT_OBJECT_DIRECTORY', 'GIT_ALTERNATE_OBJECT_DIRECTORIES', 'GIT_COMMON_DIR'],
    ...['GIT_NAMESPACE', 'GIT_QUARANTINE_PATH', 'GIT_PAGER', 'GIT_EXTERNAL_DIFF'],
    ...['GIT_LITERAL_PATHSPECS', 'GIT_GLOB_PATHSPECS', 'GIT_NOGLOB_PATHSPECS'],
    ...['GIT_ICASE_PATHSPECS', 'GIT_DEFAULT_HASH', 'GIT_CONFIG_GLOBAL'],
    ...['GIT_CONFIG_NOSYSTEM', 'GIT_CONFIG_SYSTEM', 'GIT_CONFIG_COUNT'],
  ],
  'DVC’s own': ['DVC_GLOBAL_CONFIG_DIR', 'DVC_STAGE', 'DVC_SYSTEM_CONFIG_DIR'],
  'a job has them from GitHub or act': [
    ...['ACT', 'ACTIONS_RESULTS_URL', 'ACTIONS_RUNTIME_TOKEN', 'GITHUB_ACTIONS', 'GITHUB_ACTOR'],
    ...['GITHUB_BASE_REF', 'GITHUB_EVENT_NAME', 'GITHUB_EVENT_PATH', 'GITHUB_JOB', 'GITHUB_REF'],
    ...['GITHUB_REPOSITORY', 'GITHUB_SHA'],
    ...['GITHUB_RUN_ATTEMPT', 'GITHUB_RUN_ID', 'GITHUB_SERVER_URL', 'GITHUB_STEP_SUMMARY'],
    'RUNNER_TEMP',
  ],
  'for a workflow’s env: how jobs on runners of one’s own share data, and what a run of main takes':
    [...['SIBLING_TRANSPORT', 'SIBLING_MERGED_RESULTS']],
  'of the shell, the terminal and the user': [
    ...['FORCE_COLOR', 'HOME', 'NO_COLOR', 'TERM'],
    ...['XDG_CONFIG_DIRS', 'XDG_CONFIG_HOME', 'XDG_DATA_HOME', 'XDG_RUNTIME_DIR'],
  ],
  'where docker keeps its contexts and logins': ['DOCKER_CONFIG', 'DOCKER_CONTEXT'],
  'of the machine: its proxies, and other clients’ names for its certificates': [
    ...['ALL_PROXY', 'HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY', 'AWS_CA_BUNDLE', 'CURL_CA_BUNDLE'],
    ...['GIT_SSL_CAINFO', 'NODE_EXTRA_CA_CERTS', 'PIP_CERT', 'REQUESTS_CA_BUNDLE', 'SSL_CERT_DIR'],
  ],
  'words in lists that are no variables': ['FETCH_HEAD'],
};

function sources(): string[] {
  const folder = join(repository, 'src');
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name));
}

const isVariable = (name: string) => /^[A-Z][A-Z0-9_]*$/.test(name);

/** `env`, `process.env`, `request.env` … */
function isEnvironment(node: ts.Node | undefined): boolean {
  if (!node) return false;
  if (ts.isIdentifier(node)) return node.text === 'env';
  return ts.isPropertyAccessExpression(node) && node.name.text === 'env';
}

/** The variables that a source reads by name: `env.NAME`, `const { NAME } = env`, a list of 'NAME's. */
function namesRead(path: string): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAccessExpression(node) && isEnvironment(node.expression)) {
      found.push(node.name.text);
    }
    if (ts.isVariableDeclaration(node) && ts.isObjectBindingPattern(node.name)) {
      if (isEnvironment(node.initializer)) {
        for (const { propertyName, name } of node.name.elements) {
          found.push((propertyName ?? name).getText());
        }
      }
    }
    if (ts.isArrayLiteralExpression(node)) {
      for (const element of node.elements) {
        if (ts.isStringLiteral(element) && element.text.includes('_')) found.push(element.text);
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true));
  return found.filter(isVariable);
}

const read = new Set(sources().flatMap(namesRead));
const example = readFileSync(join(repository, '.env.example'), 'utf8');
const explained = [...example.matchAll(/^#? ?([A-Z][A-Z0-9_]+)=/gm)].map(([, name = '']) => name);
const internal = Object.values(others).flat();

test('every variable that a user may set is explained in .env.example', () => {
  expect([...read].filter((name) => !explained.includes(name) && !internal.includes(name))).toEqual(
    [],
  );
});

test('every variable there, and every one that is left out, is read; none is both', () => {
  expect([...explained, ...internal].filter((name) => !read.has(name))).toEqual([]);
  expect(explained.filter((name) => internal.includes(name))).toEqual([]);
  expect(explained.filter((name, at) => explained.indexOf(name) !== at)).toEqual([]);
});
