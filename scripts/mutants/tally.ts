/** What is read here of Stryker's report. */
export interface MutationReport {
  readonly files: Readonly<Record<string, { readonly source: string; readonly mutants: Mutant[] }>>;
}

interface Mutant {
  readonly status: string;
  readonly mutatorName: string;
  readonly replacement?: string;
  readonly location: Readonly<Record<'start' | 'end', { line: number; column: number }>>;
}

/** How many mutants of a file a test noticed, and how many none did. */
export interface FileTally {
  readonly file: string;
  readonly killed: number;
  readonly survived: number;
}

const noticed = ['Killed', 'Timeout'];
const unnoticed = ['Survived', 'NoCoverage'];

/** One tally for each file. Mutants that were not tried, being words or no valid code, count nowhere. */
export function talliesOf({ files }: MutationReport): FileTally[] {
  return Object.entries(files).map(([file, { mutants }]) => ({
    file: file.replace(/^build\/(.*)\.js$/, '$1.ts'),
    killed: mutants.filter(({ status }) => noticed.includes(status)).length,
    survived: mutants.filter(({ status }) => unnoticed.includes(status)).length,
  }));
}

/** A line for each mutant that no test noticed: its place in the compiled file, and the change. */
export function survivorsOf({ files }: MutationReport): string[] {
  return Object.entries(files).flatMap(([file, { source, mutants }]) =>
    mutants
      .filter(({ status }) => unnoticed.includes(status))
      .toSorted((a, b) => a.location.start.line - b.location.start.line)
      .map(({ location, mutatorName, replacement, status }) => {
        const { start, end } = location;
        const lines = source.split('\n').slice(start.line - 1, end.line);
        const last = lines.length - 1;
        lines[last] = (lines[last] ?? '').slice(0, end.column - 1);
        const text = lines.join('\n').slice(start.column - 1);
        const change = `${short(text)} → ${short(replacement ?? '')}`;
        return `${file}:${start.line} ${mutatorName}${status === 'NoCoverage' ? ' (not run)' : ''}: ${change}`;
      }),
  );
}

function short(code: string): string {
  const line = code.replace(/\s+/g, ' ');
  return line.length > 120 ? `${line.slice(0, 80)} … ${line.slice(-37)}` : line;
}

/** The table of an area, and the share of its mutants that were killed. */
export function talliedText(
  area: string,
  tallies: readonly FileTally[],
): { readonly text: string; readonly share: number } {
  const sum = (key: 'killed' | 'survived') =>
    tallies.reduce((total, tally) => total + tally[key], 0);
  const all = { file: area, killed: sum('killed'), survived: sum('survived') };
  const width = Math.max(...[...tallies, all].map(({ file }) => file.length));
  const lines = [...tallies, all].map(
    ({ file, killed, survived }) =>
      `${file.padEnd(width)}  ${String(killed).padStart(5)} killed  ${String(survived).padStart(4)} survived  ${percent(killed, survived)}`,
  );
  return { text: lines.join('\n'), share: shareOf(all.killed, all.survived) };
}

function shareOf(killed: number, survived: number): number {
  return killed + survived === 0 ? 0 : killed / (killed + survived);
}

function percent(killed: number, survived: number): string {
  return `${(100 * shareOf(killed, survived)).toFixed(1).padStart(5)} %`;
}
