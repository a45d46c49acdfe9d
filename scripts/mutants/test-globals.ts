import { createRequire } from 'node:module';
import { format } from 'node:util';

/** What stands in for jest's globals where tests run again and again in one process, for mutants. */

type Body = (...values: never[]) => unknown;

export interface CollectedTest {
  /** Stays the same from run to run: the names of what it is in, its own, and its place. */
  readonly id: string;
  readonly body: () => unknown;
}

export interface Suite {
  readonly name: string;
  readonly parts: (CollectedTest | Suite)[];
  readonly hooks: Record<'beforeAll' | 'beforeEach' | 'afterEach' | 'afterAll', Body[]>;
}

function newSuite(name: string): Suite {
  return { name, parts: [], hooks: { beforeAll: [], beforeEach: [], afterEach: [], afterAll: [] } };
}

let current = newSuite('');

/** The suite of all that the files define that are loaded meanwhile. */
export async function collect(name: string, load: () => Promise<unknown>): Promise<Suite> {
  current = newSuite(name);
  await load();
  return current;
}

/** The name of a row of a table, by its values or the fields of its only one. */
function rowName(name: string, row: readonly unknown[]): string {
  const fields = Object(row[0]) as Record<string, unknown>;
  const named = name.replace(/\$([\w.]+)/g, (whole, path: string) => {
    const value = path.split('.').reduce<unknown>((one, key) => Object(one)[key], fields);
    return value === undefined ? whole : String(value);
  });
  return format(named, ...row);
}

function addTest(name: string, body: Body, row: readonly unknown[] = []): void {
  const id = `${current.name} › ${name} (${current.parts.length})`;
  current.parts.push({ id, body: () => body(...(row as never[])) });
}

function addSuite(name: string, body: Body, row: readonly unknown[] = []): void {
  const outer = current;
  current = newSuite(`${outer.name} › ${name}`);
  outer.parts.push(current);
  body(...(row as never[]));
  current = outer;
}

function withTables(add: typeof addTest) {
  const each = (table: readonly unknown[]) => (name: string, body: Body) => {
    for (const row of table) {
      const values = Array.isArray(row) ? row : [row];
      add(rowName(name, values), body, values);
    }
  };
  return Object.assign((name: string, body: Body) => add(name, body), { each });
}

export const test = withTables(addTest);
export const describe = withTables(addSuite);

function hook(kind: keyof Suite['hooks']) {
  return (body: Body) => void current.hooks[kind].push(body);
}

export const beforeAll = hook('beforeAll');
export const beforeEach = hook('beforeEach');
export const afterEach = hook('afterEach');
export const afterAll = hook('afterAll');

const ofJest = createRequire(createRequire(import.meta.url).resolve('@jest/globals'));
export const expect: unknown = ofJest('@jest/expect').jestExpect;
