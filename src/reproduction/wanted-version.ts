import { ExpectedFailure } from '../errors.ts';

/** Which version of which model a person means. */
export interface WantedVersion {
  readonly model: string;
  readonly version: { readonly number: number } | { readonly alias: string };
}

/** MLflow's stages before aliases; a person may still say them. */
const oldStages: ReadonlySet<string> = new Set(['Staging', 'Production']);

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
    version:
      number === undefined
        ? { alias: oldStages.has(alias) ? alias.toLowerCase() : alias }
        : { number: Number(number) },
  };
}

/** As a person writes it. */
export function wantedText({ model, version }: WantedVersion): string {
  return 'alias' in version ? `${model}@${version.alias}` : `${model}/${version.number}`;
}
