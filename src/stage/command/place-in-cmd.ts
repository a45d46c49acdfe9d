import { join } from 'node:path';
import { type Document, isScalar, isSeq, parseDocument } from 'yaml';
import type { Stage } from '../../dvc/pipeline.ts';
import { placeAt } from '../../dvc/yaml/source.ts';
import type { Place } from '../../errors.ts';
import { readWhole } from '../../system/read-whole.ts';

/** One line of a stage's `cmd`, as `commandLines` counts them. */
export interface CmdLine {
  /** The project's folder. */
  readonly root: string;
  readonly stage: Stage;
  readonly line: string;
  readonly index: number;
}

/**
 * Where a character of a `cmd` stands in dvc.yaml, as near as can be told: a text with references
 * (`${…}`) or escapes may only be found by its beginning, and one that an anchor brings by its stage.
 */
export function placeInCmd({ root, stage, line, index }: CmdLine, offset: number): Place {
  const text = readWhole(join(root, stage.file)).toString('utf8');
  const scalar = cmdOfBlock(text, stage, index) ?? cmdScalar(text, stage, index, 0);
  if (!scalar) return { file: stage.file, line: stage.line };
  const { value, start, end } = scalar;
  const source = { file: stage.file, text };
  const written = stage.isCmdList ? value : lineOf(value, index);
  const before = stage.isCmdList ? '' : earlierLines(value, index);
  const found = written === line ? alignedOffset(text, [start, end], before, line, offset) : start;
  return placeAt(source, found);
}

/** A text of a file, and where its first and last characters are in it. */
interface WrittenText {
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

/**
 * The cmd in the lines of its stage alone, for a file of a thousand stages is not read whole in no
 * time. Undefined where these lines are not all there is to it, as in JSON.
 */
function cmdOfBlock(text: string, stage: Stage, index: number): WrittenText | undefined {
  let start = 0;
  for (let line = 1; line < stage.line; line += 1) start = text.indexOf('\n', start) + 1;
  const rest = text.slice(start);
  const indent = /^ */.exec(rest)?.[0].length ?? 0;
  const next = new RegExp(`\\n {0,${indent}}[^\\s#]`).exec(rest);
  return cmdScalar(rest.slice(0, next ? next.index + 1 : undefined), stage, index, start, []);
}

function cmdScalar(
  text: string,
  stage: Stage,
  index: number,
  offset: number,
  above: readonly string[] = ['stages'],
): WrittenText | undefined {
  const document = documentOf(text);
  const base = [...above, stage.name.replace(/@.*$/s, '')];
  for (const steps of [
    [...base, 'cmd'],
    [...base, 'do', 'cmd'],
  ]) {
    const node = document.getIn(steps, true);
    const found = isSeq(node) ? node.items[index] : node;
    if (!isScalar(found)) continue;
    const [start, end] = found.range ?? [];
    if (start === undefined || end === undefined) continue;
    return { value: String(found.value), start: start + offset, end: end + offset };
  }
  return undefined;
}

/** Of the text that was asked about last: questions about one come together. */
let parsed: { readonly text: string; readonly document: Document } | undefined;

function documentOf(text: string): Document {
  if (parsed?.text !== text) parsed = { text, document: parseDocument(text) };
  return parsed.document;
}

function lineOf(text: string, index: number): string {
  return text.split('\n')[index] ?? '';
}

function earlierLines(text: string, index: number): string {
  return text.split('\n').slice(0, index).join('\n');
}

/**
 * Walks the file's text beside the value's: blanks, line ends, quotes and backslashes that YAML
 * takes away are passed over.
 */
function alignedOffset(
  text: string,
  [start, end]: readonly [number, number],
  before: string,
  line: string,
  offset: number,
): number {
  let at = start;
  const value = before + line;
  const wanted = before.length + offset;
  if (text[at] === '|' || text[at] === '>') at = text.indexOf('\n', at) + 1;
  for (let index = 0; index < value.length; index += 1) {
    const character = value[index] ?? '';
    if (character.trim() === '') {
      if (index >= wanted) break;
      continue;
    }
    while (at < end && text[at] !== character) at += 1;
    if (at >= end) return start;
    if (index >= wanted) return at;
    at += 1;
  }
  return Math.min(at, end - 1);
}
