import { ExpectedFailure } from '../errors.ts';

/** The lines that somebody wrote between `# keep: NAME` and `# end: NAME`. */
export interface Region {
  readonly name: string;
  /** Of the line that opens it, counted from 1. */
  readonly line: number;
  readonly lines: readonly string[];
}

/** A workflow as it is there. */
export interface ExistingWorkflow {
  readonly file: string;
  readonly text: string;
}

const opening = /^\s*# keep: (\S+)\s*$/;
const closing = /^\s*# end: (\S+)\s*$/;
/** What may be meant as either of them. */
const marker = /^\s*#+\s*(?:keep|end)\b/i;

/**
 * Puts the lines of each region of `existing` into the same region of `text`, whose lines then end as
 * those of `existing`. Throws 'drift', with the region and its lines, where one has no end, is there
 * twice, or has lines and no place in `text`: nobody's lines are lost.
 */
export function keepRegions(text: string, existing: ExistingWorkflow | undefined): string {
  if (existing === undefined) return text;
  const kept = new Map(regions(existing).map((region) => [region.name, region]));
  const out: string[] = [];
  const places: string[] = [];
  for (const line of text.split('\n')) {
    out.push(line);
    const name = opening.exec(line)?.[1];
    if (name === undefined) continue;
    places.push(name);
    out.push(...(kept.get(name)?.lines ?? []));
    kept.delete(name);
  }
  for (const region of kept.values()) requireEmpty(region, places, existing.file);
  return out.join(/\r?\n/.exec(existing.text)?.[0] ?? '\n');
}

/** The regions of a workflow, in their order. Throws 'drift' where it is not clear what is in one. */
export function regions({ file, text }: ExistingWorkflow): Region[] {
  const found: (Region & { readonly lines: string[] })[] = [];
  let open: (typeof found)[number] | undefined;
  for (const [index, line] of linesOf(text).entries()) {
    const name = opening.exec(line)?.[1];
    const ended = closing.exec(line)?.[1];
    if (open !== undefined && ended === open.name) {
      open = undefined;
    } else if (name !== undefined) {
      if (open !== undefined) throw unended(open, file);
      const first = found.find((region) => region.name === name);
      if (first !== undefined) throw twice(first, index + 1, file);
      open = { name, line: index + 1, lines: [] };
      found.push(open);
    } else if (open !== undefined) {
      open.lines.push(line);
    } else if (marker.test(line)) {
      throw refused(
        { file, line: index + 1 },
        `the line ${line.trim()} of ${file} neither begins a region nor ends one that has begun`,
        'Write "# keep: NAME" before your lines and "# end: NAME" after them, then export again.',
      );
    }
  }
  if (open !== undefined) throw unended(open, file);
  return found;
}

/** The lines of a text, whichever way they end. */
export function linesOf(text: string): string[] {
  return text.split(/\r?\n/);
}

function unended({ name, line, lines }: Region, file: string): ExpectedFailure {
  return refused(
    { file, line },
    `the region ${name} of ${file} has no end`,
    `Write "# end: ${name}" after your lines, then export again.`,
    lines.slice(0, mostShown),
  );
}

function twice({ name, line }: Region, again: number, file: string): ExpectedFailure {
  return refused(
    { file, line: again },
    `the region ${name} of ${file} is there twice, first in line ${line}`,
    'Bring their lines together into one of them, then export again.',
  );
}

function requireEmpty({ name, line, lines }: Region, places: readonly string[], file: string) {
  if (lines.every((each) => each.trim() === '')) return;
  throw refused(
    { file, line },
    `the region ${name} of ${file} has lines of yours, and dvc.yaml gives no job that has this region`,
    `Rename it, if the stage has another name now, or move its lines to where they belong, or remove them; then export again. The regions are now: ${places.join(', ')}`,
    lines.slice(0, mostShown),
  );
}

/** Of lines that prove a refusal. */
const mostShown = 20;

function refused(
  place: { file: string; line: number },
  cause: string,
  hint: string,
  details: readonly string[] = [],
): ExpectedFailure {
  return new ExpectedFailure({ kind: 'drift', cause, hint, place, details });
}
