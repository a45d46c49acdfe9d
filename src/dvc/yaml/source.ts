import { isUtf8 } from 'node:buffer';
import { resolve } from 'node:path';
import { ExpectedFailure, type Place } from '../../errors.ts';
import { isLfsPointer } from '../../git/lfs/pointer.ts';
import { NotReadWhole, readWhole, whyUnreadable } from '../../system/read-whole.ts';
import { NotUnderstood } from '../../text/not-understood.ts';
import { codeFrame } from './code-frame.ts';
import { conflictMark, YamlFault, type YamlNode } from './node.ts';
import { parseYamlTree } from './tree.ts';

/** A YAML file with what is needed to point at a place in it. */
export interface Source {
  /** Relative to the project root. */
  readonly file: string;
  readonly text: string;
  /** Undefined for a file without content. */
  readonly tree: YamlNode | undefined;
}

/**
 * The text of a file of the project. Throws 'configuration' when it is not there, not a file or
 * not UTF-8.
 */
export function readText(root: string, file: string, hint: string): string {
  let bytes: Buffer;
  try {
    bytes = readWhole(resolve(root, file));
  } catch (error) {
    const cause = `${file} ${whyUnreadable(error)}`;
    const what = error instanceof NotReadWhole ? 'Put a text file of usual size there.' : hint;
    throw new ExpectedFailure(
      { kind: 'configuration', cause, hint: what, place: { file } },
      { cause: error },
    );
  }
  if (isLfsPointer(bytes)) {
    throw new ExpectedFailure({
      kind: 'configuration',
      cause: `${file} is a Git LFS pointer, not the file`,
      hint: 'Bring the file here: git lfs pull',
      place: { file },
    });
  }
  if (isUtf8(bytes)) return bytes.toString('utf8');
  throw new ExpectedFailure({
    kind: 'configuration',
    cause: `${file} is not UTF-8 text`,
    hint: 'Save it in UTF-8.',
    place: { file },
  });
}

/** Python's parsers of JSON and TOML refuse a byte order mark, which many an editor hides. */
export function refuseByteOrderMark(
  source: { readonly file: string; readonly text: string },
  format: string,
): void {
  if (!source.text.startsWith('\uFEFF')) return;
  const cause = `not valid ${format}: it begins with a byte order mark`;
  throw failureAt(source, 0, cause, 'Save it in UTF-8 without a byte order mark.');
}

/** Parses a YAML file's text. Throws 'configuration', with the place, for what is not YAML. */
export function parseSource(file: string, text: string): Source {
  try {
    return { file, text, tree: parseYamlTree(text) };
  } catch (error) {
    if (error instanceof NotUnderstood) {
      throw new NotUnderstood(error.construct, error.place ?? { file });
    }
    if (!(error instanceof YamlFault)) throw error;
    // The parser stumbles some lines after the marks of a merge conflict.
    const conflict = text.search(conflictMark);
    throw failureAt(
      { file, text },
      conflict === -1 ? error.offset : conflict,
      `not valid YAML: ${error.reason}`,
      conflict === -1 ? advice(text, error) : 'Resolve the merge conflict.',
    );
  }
}

function advice(text: string, { offset }: YamlFault): string {
  const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1).split('\n', 1)[0] ?? '';
  if (/[[{].*\$\{/.test(line)) return `Inside [ ] and { } a text with \${…} needs quotes.`;
  return 'Mend the line that is marked.';
}

/** A 'configuration' failure at a node of a file. */
export function wrong(
  source: Source,
  node: YamlNode | undefined,
  cause: string,
  hint: string,
): ExpectedFailure {
  return failureAt(source, node?.start ?? 0, cause, hint);
}

/** A 'configuration' failure at an offset of a text. */
export function failureAt(
  source: { readonly file: string; readonly text: string },
  offset: number,
  cause: string,
  hint: string,
): ExpectedFailure {
  const place = placeAt(source, offset);
  const details = codeFrame(source.text, place.line, place.column);
  return new ExpectedFailure({ kind: 'configuration', cause, hint, place, details });
}

export function placeOf(source: Source, node: YamlNode): Place & { line: number } {
  return placeAt(source, node.start);
}

export function placeAt(
  { file, text }: { readonly file: string; readonly text: string },
  offset: number,
): { file: string; line: number; column: number } {
  const starts = lineStarts(text);
  let [low, high] = [0, starts.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { file, line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
}

/** Of the text that was asked about last: questions about one come together. */
let indexed: { readonly text: string; readonly starts: readonly number[] } | undefined;

function lineStarts(text: string): readonly number[] {
  if (indexed?.text === text) return indexed.starts;
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  indexed = { text, starts };
  return starts;
}
