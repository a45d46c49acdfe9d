import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { isMap, parseDocument, stringify } from 'yaml';
import { readPipeline } from '../../../src/dvc/read/pipeline.ts';
import { requireStageCommands, stageCommands } from '../../../src/stage/command/commands.ts';
import { failureOf, noConfig, projectFolder } from '../../dvc/project-folder.ts';

type Definition = Record<string, unknown>;

/** What runs in each stage's container once the remedy stands where the entry's `cmd` was. */
function applied(entry: Definition, files: Record<string, string> = {}) {
  const quoted = { defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN' } as const;
  const dvcYaml = stringify({ stages: { s: entry } }, { lineWidth: 0, ...quoted });
  const root = projectFolder({ 'dvc.yaml': dvcYaml, ...files });
  const read = () => readPipeline(root, noConfig);
  const refused = read();
  const { hint } = failureOf(() => requireStageCommands(refused, refused.stages));
  const [advised] = /^ {2}cmd:.*(?:\n(?: {2}.*)?)*$/m.exec(hint) ?? [];
  if (advised === undefined) throw new Error(`no text to write: ${hint}`);
  const path = join(root, 'dvc.yaml');
  const document = parseDocument(readFileSync(path, 'utf8'));
  const place = document.hasIn(['stages', 's', 'do']) ? ['stages', 's', 'do'] : ['stages', 's'];
  const pasted = parseDocument(advised).contents;
  if (!isMap(pasted)) throw new Error(`no map: ${advised}`);
  document.setIn([...place, 'cmd'], pasted.get('cmd', true));
  writeFileSync(path, document.toString({ lineWidth: 0 }));
  const { stages } = read();
  return { advised, commands: stages.map((stage) => stageCommands(root, stage)) };
}

const sh = (text: string) => ['sh', '-c', text];

describe('a remedy, pasted over the cmd, is accepted and runs what was meant', () => {
  test('for foreach, under the name that the line has', () => {
    const cmd = `sibling stage s@\${item} -- python split.py \${item} && wc -l \${item}.txt`;
    const { advised, commands } = applied({ foreach: ['a', 'b'], do: { cmd } });
    expect(advised).toContain(`sibling stage s@\${item} -- sh -c`);
    expect(commands).toEqual([
      [sh('python split.py a && wc -l a.txt')],
      [sh('python split.py b && wc -l b.txt')],
    ]);
  });

  test.each<[string, Definition, readonly (readonly (readonly string[])[])[]]>([
    [
      'a name with blanks in its reference',
      { foreach: ['a'], do: { cmd: `sibling stage s@\${ item } -- x > \${ item }` } },
      [[sh('x > a')]],
    ],
    [
      'a name in quotes',
      { foreach: ['a b'], do: { cmd: `sibling stage "s@\${item}" -- x | y` } },
      [[sh('x | y')]],
    ],
    [
      'the name of one item, for all of them',
      { foreach: ['a', 'b'], do: { cmd: 'sibling stage s@a -- x' } },
      [[['x']], [['x']]],
    ],
    [
      'a foreach over a map',
      {
        foreach: { one: { lr: 1 }, two: { lr: 2 } },
        do: { cmd: `python t.py \${item.lr} \${key} 2>&1` },
      },
      [[sh('python t.py 1 one 2>&1')], [sh('python t.py 2 two 2>&1')]],
    ],
    [
      'a matrix',
      {
        matrix: { model: ['m', 'n'], seed: [1] },
        cmd: `sibling stage s@\${item.model}-\${item.seed} -- t \${item.model} >> log`,
      },
      [[sh('t m >> log')], [sh('t n >> log')]],
    ],
    [
      'vars, and a dollar that is for the shell',
      { vars: [{ n: 'x y' }], cmd: `for f in \\\${FILES} $HOME; do echo "\${n}" $f; done` },
      [[sh(`for f in \${FILES} $HOME; do echo "x y" $f; done`)]],
    ],
    [
      'a value with a single quote, beside all that double quotes leave to a shell',
      { vars: [{ n: `it's` }], cmd: `echo "\${n}" \\\\ \\\${A} $(date) \`id\` | y` },
      [[sh(`echo "it's" \\\\ \${A} $(date) \`id\` | y`)]],
    ],
    [
      'a list, with all of its items',
      { cmd: ['sibling stage s -- x', 'sibling stage s -- y && z', `python 'a b' > c`, 'ls'] },
      [[['x'], sh('y && z'), sh(`python 'a b' > c`), ['ls']]],
    ],
    [
      'a list of a foreach',
      { foreach: ['a'], do: { cmd: [`sibling stage s@\${item} -- x`, `y \${item} | z`] } },
      [[['x'], sh('y a | z')]],
    ],
    [
      'a list item of several lines',
      { cmd: ['sibling stage s -- x\ny "z\n"', 'sibling stage s -- a'] },
      [[sh('x\ny "z\n"'), ['a']]],
    ],
    [
      'a text of several lines',
      { cmd: "# first\nsibling stage s -- 'a  b' c\n\n  python x.py\ny > z # w\n" },
      [[['a  b', 'c'], ['python', 'x.py'], sh('y > z # w')]],
    ],
    [
      'a further call of the stage',
      { cmd: 'sibling stage s -- x;  sibling  stage s --  y' },
      [[sh('x;  y')]],
    ],
    [
      'a folder before it',
      { cmd: 'cd sub && sibling stage s -- python t.py' },
      [[sh('cd sub && python t.py')]],
    ],
    ['a variable before it', { cmd: 'A=1 sibling stage s -- x' }, [[sh('A=1 x')]]],
    ['the path of the program', { cmd: '/opt/bin/sibling stage s -- x "y z"' }, [[['x', 'y z']]]],
    [
      'missing dashes',
      { cmd: 'sibling stage s python x.py --n 1' },
      [[['python', 'x.py', '--n', '1']]],
    ],
    ['missing dashes and an operator', { cmd: 'sibling stage s a && b' }, [[sh('a && b')]]],
    ['the name of another stage', { cmd: "sibling stage t -- x 'y  z'" }, [[['x', 'y  z']]]],
    ['no name', { cmd: 'sibling stage -- x' }, [[['x']]]],
    ['tabs', { cmd: "x 'a\tb' | y" }, [[sh("x 'a\tb' | y")]]],
    ['YAML’s own characters', { cmd: `x "a: b" 'c #d' > {e}` }, [[sh(`x "a: b" 'c #d' > {e}`)]]],
  ])('for %s', (_, entry, commands) => {
    expect(applied(entry).commands).toEqual(commands);
  });

  test('for a cmd that an anchor or a merge key brings', () => {
    const dvcYaml = `stages:
  t: {foreach: [c], do: &do {cmd: &cmd "x \${item} | y"}}
  s: {foreach: [a, b], do: {<<: *do}}
  u: {foreach: [d], do: {cmd: *cmd}}
`;
    const root = projectFolder({ 'dvc.yaml': dvcYaml });
    const pipeline = readPipeline(root, noConfig);
    for (const stage of pipeline.stages) {
      const { hint } = failureOf(() => requireStageCommands(pipeline, [stage]));
      expect(hint).toContain(`cmd: sibling stage ${stage.name[0]} -- sh -c 'x \${item} | y'`);
    }
  });

  test.each([
    ['another stage’s container among it', 'sibling stage s -- x && sibling stage t -- y'],
    ['values that no quotes hold', `echo "\${n}" > o`],
  ])('%s: no text that would be refused', (_, cmd) => {
    const root = projectFolder({
      'dvc.yaml': stringify({ vars: [{ n: `'"$x` }], stages: { s: { cmd } } }, { lineWidth: 0 }),
    });
    const pipeline = readPipeline(root, noConfig);
    const { hint } = failureOf(() => requireStageCommands(pipeline, pipeline.stages));
    expect(hint).not.toMatch(/^ {2}cmd: .* -- /m);
  });

  test('whatever is written: references, quotes, operators', () => {
    const piece = fc.constantFrom(
      ...['a', ' ', "'b'", '"c"', "'", '\\"', '&&', '|', '>', '$X', `\${item}`, `"\${item}"`],
      ...[`\\\${Y}`, '#', '*', ': ', '- ', '%', '!', '\\\\', '`d`', '{e,f}'],
    );
    const prefix = fc.constantFrom(
      '',
      'sibling stage s -- ',
      `sibling stage s@\${item} -- `,
      'cd x; ',
    );
    const item = fc.constantFrom('v', 'v w', "v'w", 'v*');
    let tried = 0;
    fc.assert(
      fc.property(
        prefix,
        fc.array(piece, { minLength: 1, maxLength: 8 }),
        item,
        (start, parts, value) => {
          const work = `x ${parts.join('')}`;
          const entry = { foreach: [value], do: { cmd: start + work } };
          let result: ReturnType<typeof applied>;
          try {
            result = applied(entry);
          } catch (error) {
            // Nothing is refused, a quote is open, or no text holds it: then none is proposed.
            expect(String(error)).toMatch(/nothing was thrown|no text to write/);
            return;
          }
          tried += 1;
          const ran = result.commands[0]?.[0]?.at(-1);
          const meant = `${start === 'cd x; ' ? start : ''}${work}`.trim();
          const resolved = meant.replace(/(?<!\\)\$\{item\}/g, value).replaceAll('\\${', '${');
          if (result.advised.includes(' -- sh -c ')) expect(ran).toBe(resolved);
        },
      ),
      { numRuns: 200 },
    );
    expect(tried).toBeGreaterThan(50);
  });
});
