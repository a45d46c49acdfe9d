import type { Stage } from '../../dvc/pipeline.ts';
import { quoteWord } from '../../text/quote-words.ts';
import { ownName, ownNames } from './own-names.ts';
import { shellWords } from './shell-words.ts';

/** One line of a `cmd`: as DVC runs it, and as dvc.yaml has it, references (`${…}`) and all. */
export interface LineTexts {
  readonly line: string;
  readonly written: string;
}

/** What DVC puts a value in for; behind a backslash it stands for itself (dvc/parsing). */
const reference = /(?<!\\)\$\{.*?\}/g;

/** `sibling stage` with the options and the path that it may have been given. */
const program = String.raw`(?:[^\s'"]*\/)?sibling(?:\s+--?\w[\w-]*)*\s+stage(?:\s+--?\w[\w-]*)*`;

/** A word that may be a stage's name. */
const nameWord = String.raw`((?:'[^']*'|"[^"]*"|[^\s;&|<>()'"])+)`;

/**
 * The text to write instead of a line, so that all of it runs in the stage's own container: tried, with
 * the values that this stage has. The stage keeps the name that the line has for it. Undefined where no
 * text can be told: nothing says what runs in the container, or a quote is open.
 */
export function mendedLine(stage: Stage, texts: LineTexts): string | undefined {
  const { name, work } = partsOf(stage, texts.written);
  if (work === undefined) return undefined;
  const values = valuesOf(texts);
  const call = `sibling stage ${nameIn(stage, name, values)}`;
  if (work === '') return call;
  const way = ways(work).find((each) => runsJust(work, each, values));
  return way && `${call} -- ${way.text}`;
}

/** As it is written, where it is this stage's for its item too. */
function nameIn(stage: Stage, written: string | undefined, values: Values | undefined): string {
  if (written === undefined) return ownName(stage);
  if (values === undefined) return written;
  const [name] = shellWords(withValues(written, values)).words;
  return name && ownNames(stage).includes(name.text) ? written : ownName(stage);
}

/**
 * The same for a line whose operator has nothing before it, with the word COMMAND there; undefined for
 * every other line.
 */
export function exampleLine(stage: Stage, written: string): string | undefined {
  const { name = ownName(stage), operator } = partsOf(stage, written);
  if (operator === undefined) return undefined;
  return `sibling stage ${name} -- sh -c ${quoteWord(`COMMAND ${operator}`)}`;
}

interface Parts {
  /** As written; undefined where the line names no stage, or another one. */
  readonly name?: string;
  /** What runs in the container; empty for the image's own command. */
  readonly work?: string;
  /** What follows where an operator leaves open what comes before it. */
  readonly operator?: string;
}

function partsOf(stage: Stage, written: string): Parts {
  const masked = mask(written);
  const head = new RegExp(String.raw`^\s*${program}(?:\s+${nameWord}|\s*$)`);
  const [found, maskedName] = head.exec(masked) ?? [];
  if (found === undefined) return inside(stage, written);
  const rest = written.slice(found.length).trim();
  if (maskedName === undefined) return { work: '' };
  if (maskedName === '--') return inside(stage, rest);
  const name = written.slice(found.length - maskedName.length, found.length);
  const own = isOwn(stage, name) ? { name } : {};
  if (rest === '' || rest === '--') return { ...own, work: '' };
  if (/^--\s/.test(rest)) return { ...own, ...inside(stage, rest.slice(2).trim()) };
  const { work } = inside(stage, rest);
  if (/^[;&|<>()]/.test(rest)) return { ...own, ...(work !== undefined && { operator: work }) };
  // Words that lack their `--`.
  return name.startsWith('-') || work === undefined ? own : { ...own, work };
}

/** What stands for a container that has no `sibling`: a further call of it is left out. */
function inside(stage: Stage, text: string): Parts {
  const call = new RegExp(String.raw`${program}\s+${nameWord}\s+--\s+`, 'g');
  const masked = mask(text);
  let work = '';
  let at = 0;
  for (const match of masked.matchAll(call)) {
    const [found, maskedName = ''] = match;
    const start = match.index + found.replace(/\s+--\s+$/, '').length - maskedName.length;
    if (!isOwn(stage, text.slice(start, start + maskedName.length))) return {};
    work += text.slice(at, match.index);
    at = match.index + found.length;
  }
  work = (work + text.slice(at)).trim();
  const left = new RegExp(String.raw`(?:^|[\s;&|('"])${program}(?:$|[\s;&|)'"])`);
  return left.test(mask(work)) ? {} : { work };
}

/** Of the same length, with a letter for each of a reference's characters. */
function mask(text: string): string {
  return text.replace(reference, (found) => '\uE000'.repeat(found.length));
}

/** Whether a name, as it is written, is this stage's: its item may be a reference. */
function isOwn(stage: Stage, written: string): boolean {
  const name = written.replace(/^(['"])(.*)\1$/s, '$2').replace(/@.*$/s, '');
  return ownNames(stage).includes(name);
}

/** How a text can be handed over. */
interface Way {
  readonly text: string;
  readonly isShell: boolean;
}

/** Words that a command may begin with and no program's name: they are a shell's own. */
const ofShell = new Set([
  ...['if', 'for', 'while', 'until', 'case', 'function', 'time', '!', '{', '[[', '.', ':', 'cd'],
  ...['exec', 'eval', 'exit', 'export', 'source', 'set', 'unset', 'trap', 'ulimit', 'umask'],
]);

/** The plainest first. */
function ways(work: string): readonly Way[] {
  const { words, fault } = shellWords(work);
  const [first] = words;
  const isShells = first !== undefined && (ofShell.has(first.text) || /^\w+=/.test(work));
  const needsShell = fault !== undefined || isShells || /[#\n]/.test(work);
  return [
    ...(needsShell ? [] : [{ text: work, isShell: false }]),
    { text: `sh -c ${quoteWord(work)}`, isShell: true },
    { text: `sh -c ${doubleQuoted(work)}`, isShell: true },
  ];
}

/** A value may have a single quote in it, which would end one. */
function doubleQuoted(work: string): string {
  const special = /(?<!\\)\$\{.*?\}|\\\$\{|[\\"`$]/g;
  return `"${work.replace(special, (found) => {
    if (found === '\\${') return '\\\\${';
    return found.startsWith('${') ? found : `\\${found}`;
  })}"`;
}

/** Whether a text, with this stage's values in it, runs just the work. */
function runsJust(work: string, { text, isShell }: Way, values: Values | undefined): boolean {
  if (values === undefined) return true; // what stands for a reference cannot be told
  const { words, fault } = shellWords(withValues(text, values));
  return fault === undefined && (!isShell || words.at(-1)?.text === withValues(work, values));
}

/** What each reference stands for. */
type Values = ReadonlyMap<string, string>;

/** Undefined where it cannot be told. */
function valuesOf({ line, written }: LineTexts): Values | undefined {
  const names = [...written.matchAll(reference)].map(([name]) => name);
  const parts = written.split(reference).map((part) => escaped(part.replaceAll('\\${', '${')));
  const match = new RegExp(`^${parts.join('([^]*?)')}$`).exec(line);
  return match ? new Map(names.map((name, at) => [name, match[at + 1] ?? ''])) : undefined;
}

function withValues(text: string, values: Values): string {
  return text.replace(reference, (found) => values.get(found) ?? found).replaceAll('\\${', '${');
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
