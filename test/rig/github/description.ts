import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { repository } from '../repository.ts';

interface Operation {
  readonly parameters: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly schema: object;
  }[];
  readonly body?: object;
}

/** A request as it reaches the stand-in. */
export interface DescribedRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** The text of its body, '' for none. */
  readonly body: string;
}

/** Says what of a request GitHub's published description does not allow; empty for a right one. */
export type RequestCheck = (request: DescribedRequest) => readonly string[];

/** Reads description.json, which scripts/extract-github-description.ts has made of GitHub's own. */
export function githubDescription(): RequestCheck {
  const path = join(repository, 'test/rig/github/description.json');
  const { routes }: { routes: Record<string, Operation> } = JSON.parse(readFileSync(path, 'utf8'));
  const queries = new Ajv({ strict: false, logger: false, coerceTypes: true });
  const bodies = new Ajv({ strict: false, logger: false });
  for (const ajv of [queries, bodies]) addFormats.default(ajv);
  const operations = Object.entries(routes).map(([route, operation]) => {
    const [method = '', template = ''] = route.split(' ');
    return {
      route,
      method,
      pattern: patternOf(template),
      query: queries.compile(schemaOf(operation, 'query')),
      path: queries.compile(schemaOf(operation, 'path')),
      body: operation.body && bodies.compile(operation.body),
    };
  });
  return (request) => {
    const url = new URL(request.path, 'http://localhost');
    // A fixed part is more exact than a parameter: /issues/comments/1 is no issue "comments".
    const found = operations
      .filter(({ method, pattern }) => method === request.method && pattern.test(url.pathname))
      .sort((left, right) => right.pattern.source.length - left.pattern.source.length)
      .at(0);
    if (!found)
      return [
        `${request.method} ${url.pathname}: GitHub has no such route, or description.json lacks it`,
      ];
    const values = { ...found.pattern.exec(url.pathname)?.groups };
    return [
      ...faults(found.route, 'path', found.path, values),
      ...faults(found.route, 'query', found.query, Object.fromEntries(url.searchParams)),
      ...(found.body ? faults(found.route, 'body', found.body, JSON.parse(request.body)) : []),
    ];
  };
}

function faults(route: string, part: string, check: ValidateFunction, value: unknown): string[] {
  if (check(value)) return [];
  return (check.errors ?? []).map(
    ({ instancePath, message, params }) =>
      `${route}: ${part}${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}

/** What GitHub calls `{path}` and `{ref}` may hold slashes. */
function patternOf(template: string): RegExp {
  const source = template.replace(/\{(\w+)\}/g, (_, name) =>
    name === 'path' || name === 'ref' ? `(?<${name}>.+)` : `(?<${name}>[^/]+)`,
  );
  return new RegExp(`^${source}$`);
}

/** Parameters that the description does not know are a mistake: GitHub would pass over them. */
function schemaOf({ parameters }: Operation, where: string): object {
  const own = parameters.filter((parameter) => parameter.in === where);
  return {
    type: 'object',
    properties: Object.fromEntries(own.map(({ name, schema }) => [name, schema])),
    required: own.filter(({ required }) => required).map(({ name }) => name),
    additionalProperties: false,
  };
}
