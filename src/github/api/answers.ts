import * as v from 'valibot';
import { BrokenAnswer } from './request.ts';

/** The name of a commit. */
export const commitName = v.pipe(v.string(), v.regex(/^[0-9a-f]{40,64}$/, 'no commit'));

/** A number that GitHub gives to a pull request, a comment or the like. */
export const givenNumber = v.pipe(v.number(), v.safeInteger(), v.minValue(1));

export const webAddress = v.pipe(v.string(), v.regex(/^https?:\/\/[^\s]{1,2000}$/i, 'no address'));

/**
 * What a server has answered about `what`, of which nothing is believed but what the schema says.
 * Throws BrokenAnswer, which says the first thing that is otherwise.
 */
export function readAnswer<Schema extends v.GenericSchema>(
  schema: Schema,
  what: string,
  data: unknown,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, data);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const place = v.getDotPath(issue);
  const words = issue.message.slice(0, 200);
  throw new BrokenAnswer(
    `the answer about ${what} is not as described: ${place === null ? '' : `${place.slice(0, 100)}: `}${words}`,
  );
}

/**
 * Those items of a list that are meant, of which each is what the schema says. `isMeant` tells it by
 * what names an item; undefined where that cannot be told. What is not understood is passed over only
 * where it is not meant, or something that is was found: it is no empty list. Throws BrokenAnswer.
 */
export function itemsOf<Schema extends v.GenericSchema>(
  schema: Schema,
  what: string,
  data: unknown,
  isMeant: (item: Readonly<Record<string, unknown>>) => boolean | undefined = () => true,
): v.InferOutput<Schema>[] {
  const items = readAnswer(v.array(v.unknown(), 'no list'), what, data);
  const among = (wanted: boolean | undefined) =>
    items.filter((item) => isMeant(Object(item)) === wanted);
  const meant = among(true);
  const asked = meant.length > 0 ? meant : among(undefined);
  return asked.map((item) => readAnswer(schema, what, item));
}
