/**
 * Writes test/rig/github/description.json: of GitHub's published OpenAPI description, the requests
 * of the routes that Sibling uses. The whole has 385 MB, which no test should have to install:
 *   npm pack @octokit/openapi@23.0.2 && tar -xzf octokit-openapi-*.tgz
 *   node build/scripts/extract-github-description.js package/generated/api.github.com.deref.json
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '../test/rig/repository.ts';

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
