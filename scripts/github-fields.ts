/** Fields of an answer by where they are: names and, for every item of a list, `*`, with `/` between. */
export interface AnswerFields {
  readonly nullable: readonly string[];
  readonly optional: readonly string[];
  readonly words: readonly string[];
}

interface Schema {
  readonly type?: string | readonly string[];
  readonly nullable?: boolean;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
}

/** Levels of names: what Sibling reads lies no deeper. */
const deepest = 4;

/** Addresses of other pages, of which there are dozens in each account and repository. */
const unread = /_url$|^_links$|^url$|^node_id$|^gravatar_id$/;

/** Which fields a schema lets be null, lets lack, and takes words of a list for. */
export function fieldsOf(schema: Schema): AnswerFields {
  const found = {
    nullable: new Set<string>(),
    optional: new Set<string>(),
    words: new Set<string>(),
  };
  walk(schema, '', 0);
  return {
    nullable: [...found.nullable].sort(),
    optional: [...found.optional].sort(),
    words: [...found.words].sort(),
  };

  function walk(each: Schema, path: string, depth: number): void {
    const types = [each.type ?? []].flat();
    if (path !== '' && (each.nullable || types.includes('null'))) found.nullable.add(path);
    if (each.enum) found.words.add(path);
    for (const part of [each.oneOf, each.anyOf, each.allOf].flatMap((parts) => parts ?? [])) {
      const isNull = [part.type ?? []].flat().includes('null');
      if (isNull && path !== '') found.nullable.add(path);
      else walk(part, path, depth);
    }
    if (each.items) walk(each.items, below(path, '*'), depth);
    if (depth === deepest) return;
    for (const [name, child] of Object.entries(each.properties ?? {})) {
      if (unread.test(name)) continue;
      const place = below(path, name);
      if (!each.required?.includes(name)) found.optional.add(place);
      walk(child, place, depth + 1);
    }
  }
}

function below(path: string, name: string): string {
  return path === '' ? name : `${path}/${name}`;
}
