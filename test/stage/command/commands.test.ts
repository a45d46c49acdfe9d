import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { readPipeline } from '../../../src/dvc/read/pipeline.ts';
import type { Failure } from '../../../src/errors.ts';
import { requireStageCommands, stageCommands } from '../../../src/stage/command/commands.ts';
import { shellWords } from '../../../src/stage/command/shell-words.ts';
import { wordsLeftOut } from '../../../src/stage/command/words-left-out.ts';
import { failureOf, noConfig, projectFolder } from '../../dvc/project-folder.ts';

function stagesOf(dvcYaml: string, files: Record<string, string> = {}) {
  const root = projectFolder({ 'dvc.yaml': dvcYaml, ...files });
  const pipeline = readPipeline(root, noConfig);
  return { root, pipeline, stages: pipeline.stages };
}

function commandsOf(dvcYaml: string) {
  const { root, stages } = stagesOf(dvcYaml);
  return stages.map((stage) => stageCommands(root, stage));
}

function refusal(dvcYaml: string, files: Record<string, string> = {}): Failure {
  const { pipeline, stages } = stagesOf(dvcYaml, files);
  return failureOf(() => requireStageCommands(pipeline, stages));
}

test.each<[string, readonly string[], RegExp | undefined]>([
  [
    'sibling stage a -- cp in out',
    [],
    /own command runs; dvc\.yaml has: sibling stage a -- cp in out$/,
  ],
  ['[sibling stage a -- x, sibling stage a -- y]', [], /has: sibling stage a -- x$/],
  ['sibling stage a -- cp in out', ['sh'], undefined],
  ['sibling stage a', [], undefined],
  ['[sibling stage a, sibling stage a -- y]', [], undefined],
  ['python train.py', [], undefined],
])('a person who calls %s with the words %j is told of those left out', (cmd, words, says) => {
  const { root, stages } = stagesOf(`stages:\n  a:\n    cmd: ${cmd}\n`);
  const [stage] = stages;
  const told = stage && wordsLeftOut(root, stage, words);
  if (says === undefined) expect(told).toBeUndefined();
  else expect(told).toMatch(says);
});

const one = (cmd: string) => `stages:\n  a:\n    cmd: ${cmd}\n`;

describe('what runs in the container', () => {
  test.each<[string, readonly (readonly string[])[]]>([
    ['sibling stage a', [[]]],
    ['sibling stage a --', [[]]],
    ['sibling stage a -- cp in out', [['cp', 'in', 'out']]],
    [`"  sibling   stage a -- sh -c 'x && y'  "`, [['sh', '-c', 'x && y']]],
    ['>-\n      sibling stage a\n      -- python\n      train.py', [['python', 'train.py']]],
    ['>\n      sibling stage a --\n      x', [['x']]],
    ['|\n      # first\n      sibling stage a -- x\n\n      sibling stage a -- y', [['x'], ['y']]],
    ['[sibling stage a -- x, sibling stage a -- x]', [['x'], ['x']]],
    [`["sibling stage a -- sh -c 'x\\ny'\\n"]`, [['sh', '-c', 'x\ny']]],
    [`"sibling stage a -- x 'y  # z' ! if"`, [['x', 'y  # z', '!', 'if']]],
    ["''", []],
    ['[]', []],
  ])('of cmd: %s', (cmd, commands) => {
    expect(commandsOf(one(cmd))).toEqual([commands]);
  });

  test('foreach and matrix: by the name of the entry and by the whole name', () => {
    const text = [
      'stages:',
      `  a: {foreach: [x, y], do: {cmd: "sibling stage a -- echo \${item}"}}`,
      `  b: {matrix: {k: [1]}, cmd: "sibling stage b@\${item.k} -- x"}`,
    ].join('\n');
    expect(commandsOf(text)).toEqual([[['echo', 'x']], [['echo', 'y']], [['x']]]);
  });

  test('nothing of what DVC does not run: frozen stages and those without a cmd', () => {
    const text =
      'stages:\n  a: {cmd: curl x | sh, frozen: true, outs: [o]}\n  b: {cmd: "", deps: [o]}\n';
    expect(commandsOf(text)).toEqual([[], []]);
  });

  test('in another dvc.yaml also with its path', () => {
    const { root, stages } = stagesOf('stages: {}\n', {
      'sub/dvc.yaml': one('sibling stage sub/dvc.yaml:a -- x'),
    });
    expect(stages.map((stage) => stageCommands(root, stage))).toEqual([[['x']]]);
  });
});

describe('refused, with the place and the text to write', () => {
  test.each<[string, string, RegExp, string]>([
    [
      'sibling stage a -- cp in.txt out.txt && cat secret.txt',
      '3:47',
      /has && outside quotes/,
      "  cmd: sibling stage a -- sh -c 'cp in.txt out.txt && cat secret.txt'",
    ],
    ['sibling stage a -- cat in > out', '3:36', /has > outside quotes/, "-- sh -c 'cat in > out'"],
    [
      "sibling stage a -- sh -c 'touch o; exit 3' | tee train.log",
      '3:53',
      /has \| outside quotes/,
      `-- sh -c 'sh -c '\\''touch o; exit 3'\\'' | tee train.log'`,
    ],
    ['sibling stage a -- cat *.csv', '3:33', /file names in its place/, "sh -c 'cat *.csv'"],
    [`sibling stage a -- echo "$HOME"`, '3:35', /outside single quotes/, `sh -c 'echo "$HOME"'`],
    ['sibling stage a > log', '3:26', /has > outside quotes/, "sh -c 'COMMAND > log'"],
    ['sibling stage a; rm -rf x', '3:25', /has ; outside quotes/, "sh -c 'COMMAND ; rm -rf x'"],
    [
      'sibling stage a -- x && sibling stage a -- y',
      '3:31',
      /has && outside/,
      "cmd: sibling stage a -- sh -c 'x && y'",
    ],
    [
      '[sibling stage a -- x, sibling stage a -- y > z]',
      '3:54',
      /has >/,
      "- sibling stage a -- sh -c 'y > z'",
    ],
    [
      '|\n      sibling stage a -- x\n      sibling stage a -- y > z',
      '5:28',
      /has >/,
      "sh -c 'y > z'",
    ],
    [`"sibling stage a -- echo \\"a\\" \\\\; | b"`, '3:45', /has \|/, 'sh -c'],
    ['["sibling stage a -- x\\ntouch y"]', '3:32', /a second line outside quotes/, 'sh -c'],
    ["sibling stage a -- 'x", '3:29', /has a ' that nothing closes/, 'Close the quote'],
    [
      'python train.py --fast',
      '3:10',
      /does not begin with sibling stage a/,
      'cmd: sibling stage a -- python train.py --fast',
    ],
    [
      'ls > a.txt; touch b',
      '3:10',
      /does not begin/,
      "cmd: sibling stage a -- sh -c 'ls > a.txt; touch b'",
    ],
    ['[sibling stage a -- x, make y]', '3:33', /does not begin/, '- sibling stage a -- make y'],
    [
      '|\n      cd x\n      sibling stage a',
      '4:7',
      /does not begin/,
      "  cmd: |\n    sibling stage a -- sh -c 'cd x'\n    sibling stage a",
    ],
    ['cd x && sibling stage a', '3:10', /does not begin/, 'a folder goes to wdir'],
    ['VAR=1 sibling stage a', '3:10', /does not begin/, 'variables to meta.sibling.env'],
    ['env VAR=1 sibling stage a', '3:10', /does not begin/, 'with nothing before it'],
    ['/opt/sibling/bin/sibling stage a', '3:10', /does not begin/, 'cmd: sibling stage a'],
    ['bash -c "sibling stage a"', '3:10', /does not begin/, 'cmd: sibling stage a'],
    ['sibling -v stage a', '3:10', /does not begin/, 'cmd: sibling stage a'],
    ['sibling stage', '3:10', /does not begin/, 'cmd: sibling stage a'],
    ['(sibling stage a)', '3:10', /does not begin/, 'cmd: sibling stage a'],
    ['sibling stage b', '3:24', /names stage b/, 'sibling stage a'],
    ['sibling stage --verbose a', '3:24', /names stage --verbose/, 'sibling stage a'],
    [
      'sibling stage a cp -f x y',
      '3:26',
      /only -- may follow/,
      'cmd: sibling stage a -- cp -f x y',
    ],
    ['"# nothing"', '3:10', /runs nothing/, 'cmd: sibling stage a'],
  ])('cmd: %s', (cmd, place, cause, advised) => {
    const failure = refusal(one(cmd));
    expect(failure.cause).toMatch(cause);
    expect(`${failure.place?.line}:${failure.place?.column}`).toBe(place);
    expect(failure).toMatchObject({ kind: 'configuration', place: { file: 'dvc.yaml' } });
    expect(failure.hint).toContain(advised);
  });

  test('what is advised is accepted, and runs what was meant', () => {
    const table: readonly [string, readonly string[]][] = [
      ["sibling stage a -- echo 'it''s: #1' > \"x y\"", ['sh', '-c', `echo 'it''s: #1' > "x y"`]],
      ['python "a b" # c: d | e', ['sh', '-c', 'python "a b" # c: d | e']],
      ['"x: y" *', ['sh', '-c', '"x: y" *']],
      ["x 'y: z'", ['x', 'y: z']],
    ];
    for (const [line, words] of table) {
      const { hint } = refusal(`stages:\n  a:\n    cmd: ${JSON.stringify(line)}\n`);
      const [advice = ''] = /^ {2}cmd: .*$/m.exec(hint) ?? [];
      expect(commandsOf(`stages:\n  a:\n  ${advice}\n`)).toEqual([[words]]);
      expect(shellWords(words.at(-1) ?? '')).toBeDefined();
    }
  });

  test('whatever a shell would have done is advised to one in the container, as it is written', () => {
    const unit = fc.constantFrom(...`ab  ''""\\\\#;&|<>()$\`*?[]~{},.!=:-1%@\t`);
    fc.assert(
      fc.property(fc.string({ unit, minLength: 1, maxLength: 14 }), (text) => {
        const { fault } = shellWords(`x ${text}`);
        fc.pre(!text.includes('${')); // DVC's, not the shell's
        fc.pre(fault !== undefined && fault.kind !== 'unfinished');
        const cmd = JSON.stringify(`sibling stage a -- x ${text}`);
        const { hint } = refusal(`stages:\n  a:\n    cmd: ${cmd}\n`);
        const [advice = ''] = /^ {2}cmd: .*$/m.exec(hint) ?? [];
        const meant = `x ${text}`.trim();
        expect(commandsOf(`stages:\n  a:\n  ${advice}\n`)).toEqual([[['sh', '-c', meant]]]);
      }),
      { numRuns: 100 },
    );
  });

  test('references stay in what is advised; a value may bring an operator', () => {
    const text = (value: string) =>
      `vars: [{p: '${value}'}]\nstages:\n  a:\n    cmd: sibling stage a -- cp \${p} out && x\n`;
    expect(refusal(text('in')).hint).toContain(`sibling stage a -- sh -c 'cp \${p} out && x'`);
    const brought = refusal(text('in; y').replace(' && x', ''));
    expect(brought).toMatchObject({ place: { line: 4 } });
    expect(brought.cause).toMatch(/has ; outside quotes/);
  });

  test('an image is asked for where there is none', () => {
    expect(refusal(one('python x.py')).hint).toContain('write stages/a/Dockerfile, or name in');
    const has = { 'stages/a/Dockerfile': 'FROM x\n' };
    expect(refusal(one('python x.py'), has).hint).not.toContain('image');
    const meta = `${one('python x.py')}    meta: {sibling: {image: img}}\n`;
    expect(refusal(meta).hint).not.toContain('It also needs');
  });
});
