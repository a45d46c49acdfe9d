import { join } from 'node:path';
import * as v from 'valibot';
import { ExpectedFailure } from '../../errors.ts';
import { askDvc } from '../../run/runner/ask-dvc.ts';
import type { RunnerContainer, RunnerRequest } from '../../run/runner/runner.ts';
import { closest } from '../../text/closest.ts';
import { placeWhole } from '../../workspace/place-whole.ts';
import { replacedFile } from '../../workspace/replaced-file.ts';
import { overriddenFile } from './overridden-file.ts';

/** A params file with overrides in it. */
export interface OverriddenFile {
  readonly path: string;
  readonly text: string;
}

const answerSchema = v.union([
  v.strictObject({ files: v.record(v.string(), v.string()) }),
  v.strictObject({
    refused: v.strictObject({
      override: v.string(),
      why: v.string(),
      keys: v.array(v.string()),
    }),
  }),
]);

/**
 * The params files as `dvc exp run -S` writes them, by DVC itself (dvc-runner/reproduce/param_overrides.py);
 * nothing is written. `where` is absent inside the runner image. Throws 'usage' for an override that
 * DVC or Hydra refuses, with the nearest key.
 */
export async function applyOverrides(
  where: RunnerContainer | undefined,
  request: Pick<RunnerRequest, 'project' | 'run' | 'signal'>,
  overrides: readonly string[],
): Promise<OverriddenFile[]> {
  const said = await askDvc(
    where,
    // It needs no remote: so it gets no credentials.
    { ...request, remote: { kind: 'project', name: 'none' }, stageEnv: {}, env: {} },
    ['sibling-apply-overrides', ...overrides],
  );
  const answer = v.parse(answerSchema, JSON.parse(said.replaceAll('\n', '')));
  if ('refused' in answer) throw refusal(answer.refused);
  return Object.entries(answer.files).map(([path, text]) => ({ path, text }));
}

/** Writes files whose texts are all known: all, or none. */
export async function writeOverridden(
  root: string,
  files: readonly OverriddenFile[],
): Promise<void> {
  const user = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  await placeWhole(
    user,
    files.map(({ path, text }) => replacedFile(join(root, path), text)),
  );
}

type Refused = Extract<v.InferOutput<typeof answerSchema>, { refused: unknown }>['refused'];

function refusal({ override, why, keys }: Refused): ExpectedFailure {
  const key = /^[+~]*([^=@]*)/.exec(override.replace(/^[^=]*:/, ''))?.[1] ?? '';
  const guess = keys.includes(key) ? undefined : closest(key, keys);
  return new ExpectedFailure({
    kind: 'usage',
    cause: `the params override ${JSON.stringify(override.slice(0, 200))} is refused: ${why}`,
    hint: guess
      ? `Did you mean ${guess}?`
      : 'No params file was changed. https://hydra.cc/docs/advanced/override_grammar/basic/ says what a value may be; a new key has a +, such as +train.depth=3.',
    place: { file: overriddenFile(override) },
  });
}
