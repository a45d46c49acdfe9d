/**
 * Writes what Sibling uses of GitHub's published OpenAPI description: test/rig/github/description.json
 * has the requests of its routes, test/rig/odd-answers/github-fields.json which fields of the answers
 * and events may be null, may lack, or are one of some words. The whole has 385 MB, which no test
 * should have to install:
 *   npm pack @octokit/openapi@23.0.2 && tar -xzf octokit-openapi-*.tgz
 *   node build/scripts/extract-github-description.js package/generated/api.github.com.deref.json
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '../test/rig/repository.ts';
import { fieldsOf } from './github-fields.ts';

const routes = [
  'GET /repos/{owner}/{repo}/contents/{path}',
  'GET /repos/{owner}/{repo}/commits',
  'GET /repos/{owner}/{repo}/commits/{ref}',
  'GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls',
  'GET /repos/{owner}/{repo}/compare/{basehead}',
  'GET /repos/{owner}/{repo}/actions/runs/{run_id}/artifacts',
  'GET /repos/{owner}/{repo}/actions/artifacts/{artifact_id}/{archive_format}',
  'POST /repos/{owner}/{repo}/check-runs',
  'GET /repos/{owner}/{repo}/pulls',
  'GET /repos/{owner}/{repo}/pulls/{pull_number}',
  'POST /repos/{owner}/{repo}/pulls',
  'PATCH /repos/{owner}/{repo}/pulls/{pull_number}',
  'GET /repos/{owner}/{repo}/issues/{issue_number}/comments',
  'POST /repos/{owner}/{repo}/issues/{issue_number}/comments',
  'GET /repos/{owner}/{repo}/issues/comments/{comment_id}',
  'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}',
  'DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}',
  'GET /repos/{owner}/{repo}/git/ref/{ref}',
  'PATCH /repos/{owner}/{repo}/git/refs/{ref}',
  'GET /user',
  'GET /repos/{owner}/{repo}',
  'GET /repos/{owner}/{repo}/git/commits/{commit_sha}',
  'GET /repos/{owner}/{repo}/git/trees/{tree_sha}',
];

const events = [
  'push',
  'pull-request-opened',
  'workflow-run-completed',
  'merge-group-checks-requested',
];

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema: object;
}

const [, , source = ''] = process.argv;
const description = JSON.parse(readFileSync(source, 'utf8'));
const extracted = Object.fromEntries(
  routes.map((route) => {
    const [method = '', path = ''] = route.split(' ');
    const operation = description.paths[path]?.[method.toLowerCase()];
    if (!operation) throw new Error(`GitHub's description has no ${route}`);
    const parameters = (operation.parameters ?? []).map((parameter: Parameter) => ({
      name: parameter.name,
      in: parameter.in,
      ...(parameter.required && { required: true }),
      schema: withoutWords(parameter.schema),
    }));
    const body = operation.requestBody?.content?.['application/json']?.schema;
    return [route, { parameters, ...(body && { body: withoutWords(body) }) }];
  }),
);
const text = `${JSON.stringify({ version: description.info.version, routes: extracted }, null, 1)}\n`;
writeFileSync(join(repository, 'test/rig/github/description.json'), text);

const answers = routes.flatMap((route) => {
  const [method = '', path = ''] = route.split(' ');
  const { responses } = description.paths[path][method.toLowerCase()];
  const schema = (responses[200] ?? responses[201])?.content?.['application/json']?.schema;
  return schema ? [[route, fieldsOf(schema)] as const] : [];
});
const payloads = events.map((event) => {
  const { content } = description['x-webhooks'][event].post.requestBody;
  return [event, fieldsOf(content['application/json'].schema)] as const;
});
const fields = Object.fromEntries([...answers, ...payloads]);
writeFileSync(
  join(repository, 'test/rig/odd-answers/github-fields.json'),
  `${JSON.stringify({ version: description.info.version, fields }, null, 1)}\n`,
);

/** A schema without what only people read. */
function withoutWords(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withoutWords);
  if (typeof schema !== 'object' || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([key, value]) => {
        const isText = typeof value === 'string';
        return (
          !(['description', 'title'].includes(key) && isText) && !/^(examples?|x-.*)$/.test(key)
        );
      })
      .map(([key, value]) => [key, withoutWords(value)]),
  );
}
