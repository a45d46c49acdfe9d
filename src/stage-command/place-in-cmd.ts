import { join } from 'node:path';
import { type Document, isScalar, isSeq, parseDocument, type Scalar } from 'yaml';
import type { Stage } from '../dvc/pipeline.ts';
import { placeAt } from '../dvc/source.ts';
import type { Place } from '../errors.ts';
import { readWhole } from '../system/read-whole.ts';

/** One line of a stage's `cmd`, as `commandLines` counts them. */
export interface CmdLine {
  /** The project's folder. */
  readonly root: string;
  readonly stage: Stage;
  readonly line: string;
  readonly index: number;
}

/** What dvc.yaml has at a line of a `cmd`. */
export interface WrittenLine {
  readonly place: Place;
  /** As it is written, references and all; undefined where only its beginning could be found. */
  readonly text?: string;
}

/**
 * Where a character of a `cmd` stands in dvc.yaml, as near as can be told: a text with references
 * (`${…}`) or escapes may only be found by its beginning, and one that an anchor brings by its stage.
 */
export function placeInCmd({ root, stage, line, index }: CmdLine, offset: number): WrittenLine {
  const text = readWhole(join(root, stage.file)).toString('utf8');
  const scalar = cmdScalar(text, stage, index);
  const [start, end] = scalar?.range ?? [];
  if (!scalar || start === undefined || end === undefined) {
    return { place: { file: stage.file, line: stage.line } };
  }
  const source = { file: stage.file, text };
  const written = stage.isCmdList ? String(scalar.value) : lineOf(String(scalar.value), index);
  const before = stage.isCmdList ? '' : earlierLines(String(scalar.value), index);
  const found = written === line ? alignedOffset(text, [start, end], before, line, offset) : start;
  return { place: placeAt(source, found), text: written };
}

function cmdScalar(text: string, stage: Stage, index: number): Scalar | undefined {
  const document = documentOf(text);
  const base = ['stages', stage.name.replace(/@.*$/s, '')];
  for (const steps of [
    [...base, 'cmd'],
    [...base, 'do', 'cmd'],
  ]) {
    const node = document.getIn(steps, true);
    if (isScalar(node)) return node;
    if (isSeq(node)) {
      const item = node.items[index];
      if (isScalar(item)) return item;
    }
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
