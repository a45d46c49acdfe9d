import { ExpectedFailure } from '../../errors.ts';
import { readAlias } from '../../promotion/alias.ts';

/** Which version of which model a person means. */
export interface WantedVersion {
  readonly model: string;
  readonly version: { readonly number: number } | { readonly alias: string };
}

/**
 * Reads `MODEL`, `MODEL@ALIAS` or `MODEL/VERSION`; without a model it is `defaultModel`, without the
 * rest `@production`. Throws 'usage' for anything else.
 */
export function readWanted(text: string, defaultModel: string): WantedVersion {
  const match = /^([^@/]*)(?:@([\w-]+)|\/(\d{1,15}))?$/.exec(text);
  if (!match) {
    throw new ExpectedFailure({
      kind: 'usage',
      cause: `${JSON.stringify(text)} names no version of a model`,
      hint: 'Write MODEL, MODEL@ALIAS or MODEL/VERSION, such as iris@production or iris/3.',
    });
  }
  const [, model, alias = 'production', number] = match;
  return {
    model: model || defaultModel,
    version: number === undefined ? { alias: readAlias(alias) } : { number: Number(number) },
  };
}

/** As a person writes it. */
export function wantedText({ model, version }: WantedVersion): string {
  return 'alias' in version ? `${model}@${version.alias}` : `${model}/${version.number}`;
}
