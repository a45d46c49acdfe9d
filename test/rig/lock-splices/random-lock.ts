import * as fc from 'fast-check';

/** A piece of a dvc.lock: a stage's entry, or what lies between entries. */
export interface Piece {
  readonly text: string;
  /** The stage whose entry it is. */
  readonly stage?: string;
}

/** A random dvc.lock with what other jobs found. */
export interface SpliceCase {
  readonly pieces: readonly Piece[];
  /** New entries, by stage name, as a job hands them on. */
  readonly changes: ReadonlyMap<string, string>;
  /** New entries go behind the piece of this index. */
  readonly newAfter: number;
}

/** Texts of one line, each in a way that YAML may be written. */
const scalar = fc.constantFrom(
  ...['12345678901234567890', '1.0e-7', '"NO"', "'2024-01-31'", '0.10', '1_000', 'true', 'null'],
  ...['a b', '"a: b # c"', "'it''s'", '"tab\\tü"', 'https://h.example/a#b', '.inf', '~'],
);
const name = fc.constantFrom(
  ...['train', 'a-b', 'evaluate@1', 'sub_1', 'x@ä', '"b c"', "'q'", '"1"', 'Train'],
);
const comment = fc.constantFrom('', '# a comment: {x}', '# - y');

const value = fc.record({
  cmd: scalar,
  outs: fc.array(fc.record({ md5: scalar, note: comment }), { maxLength: 3 }),
  params: fc.array(scalar, { maxLength: 3 }),
  style: fc.constantFrom('block', 'deep', 'flow', 'lines'),
});
type StageValue = typeof value extends fc.Arbitrary<infer Made> ? Made : never;

function entryText(key: string, made: StageValue, indent: number): string {
  const { cmd, outs, params, style } = made;
  const list = outs.map(({ md5 }, at) => `{path: o${at}, md5: ${md5}}`);
  const keys = params.map((each, at) => `k${at}: ${each}`);
  if (style === 'flow' || style === 'lines') {
    const parts = [
      `cmd: ${cmd}`,
      `outs: [${list.join(', ')}]`,
      `params: {p.yaml: {${keys.join(', ')}}}`,
    ];
    const join = style === 'lines' ? `,\n${' '.repeat(indent + 3)}` : ', ';
    return `${' '.repeat(indent)}${key}: {${parts.join(join)}}\n`;
  }
  const step = style === 'deep' ? 4 : 2;
  const lines = [`${key}:`, `${' '.repeat(step)}cmd: ${cmd}`];
  if (outs.length > 0) lines.push(`${' '.repeat(step)}outs:`);
  outs.forEach(({ md5, note }, at) => {
    lines.push(`${' '.repeat(step)}- path: o${at} ${note}`.trimEnd());
    lines.push(`${' '.repeat(step + 2)}md5: ${md5}`);
  });
  if (params.length > 0) {
    lines.push(`${' '.repeat(step)}params:`, `${' '.repeat(step * 2)}p.yaml:`);
    for (const each of keys) lines.push(`${' '.repeat(step * 3)}${each}`);
  }
  return lines.map((line) => `${' '.repeat(indent)}${line}\n`).join('');
}

const entries = fc.uniqueArray(fc.tuple(name, value), {
  selector: ([key]) => plain(key),
  maxLength: 5,
});

/** The name that a key says. */
export function plain(key: string): string {
  return key.replace(/^(["'])(.*)\1$/, '$2');
}

const sections = fc
  .array(
    fc.constantFrom(
      '# of mine\n',
      '\n',
      'datasets:\n- name: d # x\n  rev: "NO"\n',
      'datasets: [{name: d}]\n',
    ),
    { maxLength: 2 },
  )
  .filter((all) => all.filter((one) => one.startsWith('datasets')).length < 2);

/** Locks in DVC's own manner, and as people and their programs write them. */
export const spliceCases: fc.Arbitrary<SpliceCase> = fc
  .record({
    old: entries,
    changed: entries,
    between: fc.array(fc.constantFrom('', '', '\n', 'comment', 'deep comment'), {
      minLength: 6,
      maxLength: 6,
    }),
    indent: fc.constantFrom(2, 2, 4, 1),
    isFlow: fc.boolean(),
    before: sections,
    after: fc.constantFrom('', '# end\n', '\n# end\n', 'zeta: {a: 1.0e-7}\n'),
    byteOrderMark: fc.boolean(),
    crlf: fc.boolean(),
    isOpen: fc.boolean(),
  })
  .map(({ old, changed, between, indent, isFlow, before, after, ...file }) => {
    const pieces: Piece[] = [{ text: `schema: '2.0'\n${before.join('')}` }];
    if (isFlow || old.length === 0) {
      pieces.push({ text: 'stages: {' });
      old.forEach(([key, made], at) => {
        if (at > 0) pieces.push({ text: ', ' });
        const text = entryText(key, { ...made, style: 'flow' }, 0).trim();
        pieces.push({ text, stage: plain(key) });
      });
    } else {
      pieces.push({ text: 'stages:\n' });
      old.forEach(([key, made], at) => {
        pieces.push({ text: entryText(key, made, indent), stage: plain(key) });
        const kind = between[at] ?? '';
        const blanks = ' '.repeat(kind === 'comment' ? indent : indent + 2);
        if (kind !== '') pieces.push({ text: kind === '\n' ? kind : `${blanks}# note ${at}\n` });
      });
    }
    const last = pieces.findLastIndex(({ stage }) => stage !== undefined);
    pieces.push({ text: `${isFlow || old.length === 0 ? '}\n' : ''}${after}` });
    const changes = new Map(changed.map(([key, made]) => [plain(key), entryText(key, made, 2)]));
    // A comment that stands deeper than the last entry's name belongs to it.
    const isDeep = between[old.length - 1] === 'deep comment' && pieces.length - 2 > last;
    const newAfter = last === -1 ? pieces.length - 2 : isDeep ? last + 1 : last;
    return { pieces: ofFile(pieces, file), changes, newAfter };
  });

function ofFile(
  pieces: readonly Piece[],
  file: { readonly byteOrderMark: boolean; readonly crlf: boolean; readonly isOpen: boolean },
): Piece[] {
  return pieces.map((piece, at) => {
    let { text } = piece;
    if (at === 0 && file.byteOrderMark) text = `\ufeff${text}`;
    const isLast = at === pieces.findLastIndex((one) => one.text !== '');
    if (isLast && file.isOpen) text = text.replace(/\n$/, '');
    return { ...piece, text: file.crlf ? text.replaceAll('\n', '\r\n') : text };
  });
}

/** The text of a case's dvc.lock. */
export function lockText({ pieces }: SpliceCase): string {
  return pieces.map(({ text }) => text).join('');
}
