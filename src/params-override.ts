import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isScalar, parse, parseDocument } from 'yaml';
import { closest } from './closest.ts';
import { ExpectedFailure } from './errors.ts';
import { leafKeys } from './params-copy/leaf-keys.ts';

/** One `train.n_estimators=200`. */
export interface ParamsOverride {
  readonly key: string;
  readonly value: string | number | boolean;
}

/** Reads overrides separated by commas, spaces or line ends. Throws 'usage' for anything else. */
export function parseOverrides(text: string): ParamsOverride[] {
  return text
    .split(/[\s,]+/)
    .filter((word) => word !== '')
    .map((word) => {
      const match = /^([\w.-]+)=([\w.+:/@-]*)$/.exec(word);
      const value: unknown = match ? parse(match[2] ?? '') : undefined;
      const isPlain = ['string', 'number', 'boolean'].includes(typeof value);
      if (match?.[1] && isPlain) return { key: match[1], value: value as ParamsOverride['value'] };
      throw new ExpectedFailure({
        kind: 'usage',
        cause: `the params override ${JSON.stringify(word)} is not a key and a value`,
        hint: 'Write it as train.n_estimators=200, several with commas between them. Values are numbers, booleans or plain words.',
      });
    });
}

/**
 * Sets keys of params.yaml in the workspace, keeping its comments. Throws 'usage' for a key that is
 * not there, with the nearest one, so that a slip of the pen does not train with the old value.
 */
export async function overrideParams(
  root: string,
  overrides: readonly ParamsOverride[],
): Promise<void> {
  if (overrides.length === 0) return;
  const path = join(root, 'params.yaml');
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const document = parseDocument(text);
  for (const { key, value } of overrides) {
    const steps = key.split('.');
    const node = document.getIn(steps, true);
    if (!isScalar(node)) {
      const guess = closest(key, leafKeys(document.toJS()));
      throw new ExpectedFailure({
        kind: 'usage',
        cause: `params.yaml has no key ${key}`,
        hint: guess
          ? `Did you mean ${guess}?`
          : 'Name a key of params.yaml that holds a single value.',
        place: { file: 'params.yaml' },
      });
    }
    document.setIn(steps, value);
  }
  await writeFile(path, document.toString({ lineWidth: 0 }));
}
