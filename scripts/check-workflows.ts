/**
 * Reads workflows and action manifests with the parser of GitHub's own language service: what it
 * refuses is printed as `file:line:column: message`, and the exit code is 1.
 */
import { readFileSync } from 'node:fs';
import { register } from 'node:module';
import { basename } from 'node:path';

// The parser imports its schemas as JSON without saying so, which Node wants said.
const asJson = `export async function resolve(specifier, context, next) {
  const found = await next(specifier, context);
  if (!found.url.endsWith('.json')) return found;
  return { ...found, format: 'json', importAttributes: { type: 'json' } };
}`;
register(`data:text/javascript,${encodeURIComponent(asJson)}`);
const { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } = await import(
  '@actions/workflow-parser'
);
const { parseAction } = await import('@actions/workflow-parser/actions/action-parser');
const { convertActionTemplate } = await import('@actions/workflow-parser/actions/action-template');

const refusals = await Promise.all(process.argv.slice(2).map(refusalsOf));
for (const line of refusals.flat()) console.log(line);
process.exitCode = refusals.flat().length > 0 ? 1 : 0;

async function refusalsOf(path: string): Promise<string[]> {
  const isAction = /^action[.]ya?ml$/.test(basename(path));
  const file = { name: path, content: readFileSync(path, 'utf8') };
  const parse = isAction ? parseAction : parseWorkflow;
  const { context, value } = parse(file, new NoOperationTraceWriter());
  // The schema is content: now what it cannot say, such as `needs` of a job that is not there.
  if (value && context.errors.count === 0) {
    if (isAction) convertActionTemplate(context, value);
    else await convertWorkflowTemplate(context, value);
  }
  return context.errors.getErrors().map(({ rawMessage, range }) => {
    const { line, column } = range?.start ?? { line: 1, column: 1 };
    return `${path}:${line}:${column}: ${rawMessage.split('\n')[0]}`;
  });
}
