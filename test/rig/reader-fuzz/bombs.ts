/** Short texts that stand for very much, or that a careless parser takes very long over. */
export const bombs: Readonly<Record<string, string>> = {
  'aliases of aliases': stages(`${aliasTower(30)}\n  s: {cmd: x, meta: *a29}`),
  'aliases just below the limit': stages(`${aliasTower(5)}\n  s: {cmd: x, meta: *a4}`),
  'aliases below the limit in every stage': stages(
    `${aliasTower(4)}\n  s: {foreach: [${'1, '.repeat(500)}2], do: {cmd: x, meta: *a3}}`,
  ),
  'a matrix of ten to the twelve': stages(
    `  s:\n    cmd: x\n    matrix: {${Array.from({ length: 12 }, (_, axis) => `m${axis}: [0,1,2,3,4,5,6,7,8,9]`).join(', ')}}`,
  ),
  'references to a long text': `vars: [{t: ${'t'.repeat(100_000)}}]\n${stages(`  s: {cmd: "${`\${t}`.repeat(20_000)}"}`)}`,
  'references that are not closed': stages(`  s: {cmd: "${`\${`.repeat(200_000)}"}`),
  'a reference of many blanks': stages(`  s: {cmd: "\${${'a      .'.repeat(40)}]}"}`),
  'very deep lists': `a: ${'['.repeat(100_000)}`,
  'very deep maps': `a: ${'{a: '.repeat(20_000)}`,
  'very deep blocks': Array.from({ length: 2000 }, (_, depth) => `${' '.repeat(depth)}a:`).join(
    '\n',
  ),
  'very many tabs in one line': `a: "${'\t'.repeat(300_000)}"\n`,
  'very many tabs in many texts': 'a: ["\t", "\t", "\t"]\n'
    .repeat(1)
    .concat(Array.from({ length: 30_000 }, (_, key) => `k${key}: "\t"\n`).join('')),
  'deep lists of nothing': `a: ${'[,'.repeat(5000)}`,
  'very many quotes': `a: ${`"`.repeat(200_000)}`,
  'a long line without end': `a: "${'x'.repeat(2_000_000)}`,
  'very many anchors': Array.from({ length: 30_000 }, (_, at) => `k${at}: &a${at} x\n`).join(''),
  'very many keys alike': 'a: 1\n'.repeat(50_000),
  'a number of very many digits': stages(`  s: {cmd: x, meta: ${'9'.repeat(200_000)}}`),
  'a float of very many digits': stages(`  s: {cmd: x, meta: ${'1_'.repeat(50_000)}.}`),
  'stages that wait for each other': stages(
    Array.from(
      { length: 2000 },
      (_, at) => `  s${at}: {cmd: x, deps: [o${(at + 1) % 2000}], outs: [o${at}]}`,
    ).join('\n'),
  ),
};

function stages(text: string): string {
  return `stages:\n${text}\n`;
}

/** Each level holds the one below ten times. */
function aliasTower(levels: number): string {
  const lines = ['  t0: {cmd: x, meta: &a0 [x, x, x, x, x, x, x, x, x, x]}'];
  for (let level = 1; level < levels; level++) {
    const items = Array<string>(10)
      .fill(`*a${level - 1}`)
      .join(', ');
    lines.push(`  t${level}: {cmd: x, meta: &a${level} [${items}]}`);
  }
  return lines.join('\n');
}
