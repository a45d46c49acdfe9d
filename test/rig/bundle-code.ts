import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join } from 'node:path';
import { type AnyNode, type Expression, type Program, parse, type SpreadElement } from 'acorn';

/** What a file of a bundle asks for when it runs. */
export interface Requests {
  /** Modules by name, relative files too. */
  readonly modules: ReadonlySet<string>;
  /** Chunks by number. */
  readonly chunks: ReadonlySet<number>;
  /** Source of what is asked for by a name that is only known when it runs. */
  readonly computed: readonly string[];
}

/** Where webpack's runtime asks for a chunk whose number it was given. */
const chunkRequest = /^"\.\/"\+__nccwpck_require__\.u\(\w+\)$/;

/** Reads what a JavaScript file asks for, by `import`, `import()`, `require` or a made `require`. */
export function requestsOf(file: string): Requests {
  const source = readFileSync(file, 'utf8');
  const modules = new Set<string>();
  const chunks = new Set<number>();
  const computed: string[] = [];
  const take = (name: Expression | SpreadElement | undefined) => {
    if (name?.type === 'Literal' && typeof name.value === 'string') modules.add(name.value);
    else if (name) {
      const text = source.slice(name.start, name.end);
      if (!chunkRequest.test(text)) computed.push(text);
    }
  };
  for (const node of nodesOf(parse(source, { ecmaVersion: 'latest', sourceType: 'module' }))) {
    switch (node.type) {
      case 'ImportDeclaration':
      case 'ExportAllDeclaration':
      case 'ImportExpression':
        take(node.source);
        break;
      case 'ExportNamedDeclaration':
        if (node.source) take(node.source);
        break;
      case 'CallExpression': {
        const callee = source.slice(node.callee.start, node.callee.end);
        const [first] = node.arguments;
        if (callee === 'require' || /\(import\.meta\.url\)$/.test(callee)) take(first);
        else if (callee === 'eval') computed.push(source.slice(node.start, node.end));
        else if (/^\w+\.e$/.test(callee) && first?.type === 'Literal') {
          chunks.add(Number(first.value));
        }
        break;
      }
    }
  }
  return { modules, chunks, computed };
}

/** The files of a bundle: the one that is started, and the chunks beside it. */
export function filesOfBundle(file: string): string[] {
  const name = file.slice(dirname(file).length + 1);
  const chunks = readdirSync(dirname(file)).filter(
    (other) => other.endsWith(`.${name}`) && /^\d+$/.test(other.slice(0, -name.length - 1)),
  );
  return [file, ...chunks.map((chunk) => join(dirname(file), chunk))];
}

/** Packages that a compiled file and those that it imports by path ask for, by name. */
export function packagesOf(entry: string): ReadonlySet<string> {
  const packages = new Set<string>();
  const seen = new Set<string>();
  const visit = (file: string) => {
    if (seen.has(file) || !existsSync(file)) return;
    seen.add(file);
    for (const name of requestsOf(file).modules) {
      if (name.startsWith('.')) visit(join(dirname(file), name));
      else if (!isBuiltin(name)) packages.add(packageName(name));
    }
  };
  visit(entry);
  return packages;
}

/** Texts in a package's code by which that code is known again in a bundle. */
export function markedTexts(folder: string): ReadonlySet<string> {
  const texts = new Set<string>();
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!/\.[cm]?js$/.test(name)) continue;
    const source = readFileSync(join(folder, name), 'utf8');
    for (const node of nodesOf(parse(source, { ecmaVersion: 'latest', sourceType: 'module' }))) {
      if (node.type !== 'Literal' || typeof node.value !== 'string') continue;
      if (/^[\w `,.]{30,}$/.test(node.value)) texts.add(node.value);
    }
  }
  return texts;
}

/** `@scope/name` or `name` of `name/with/a/path`. */
function packageName(request: string): string {
  return request
    .split('/')
    .slice(0, request.startsWith('@') ? 2 : 1)
    .join('/');
}

function* nodesOf(root: Program): Generator<AnyNode> {
  const rest: AnyNode[] = [root];
  for (let node = rest.pop(); node !== undefined; node = rest.pop()) {
    yield node;
    for (const value of Object.values(node).flat()) {
      if (typeof value?.type === 'string') rest.push(value);
    }
  }
}
