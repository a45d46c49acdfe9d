import { isUtf8 } from 'node:buffer';
import { publicText } from './public-text.ts';
import { type Declared, type SecretTexts, secretTexts } from './secrets.ts';
import { isWorthHiding } from './worth-hiding.ts';

/** What this process knows to be secret; more may become known as it goes on. */
const known = {
  texts: [] as SecretTexts[],
  isPrinted: false,
  /** As standard output was before. */
  write: undefined as ((text: string) => boolean) | undefined,
};

/**
 * Makes this process keep the secrets of an environment to itself from now on: whatever it prints, an
 * error or a program's answer, and all that `hidden` is asked for, has `***` for them. `more` are secrets
 * that stand elsewhere.
 */
export function keepSecret(
  env: NodeJS.ProcessEnv,
  declared?: Declared,
  more: readonly string[] = [],
): void {
  known.texts.push(secretTexts(env, declared, more));
  if (known.isPrinted) return;
  known.isPrinted = true;
  for (const stream of [process.stdout, process.stderr]) {
    const write = stream.write.bind(stream) as (chunk: unknown, ...rest: unknown[]) => boolean;
    if (stream === process.stdout) known.write = write;
    stream.write = ((chunk: unknown, ...rest: unknown[]) =>
      write(shown(chunk), ...rest)) as typeof stream.write;
  }
}

/** A text with `***` for all that is known to be secret. */
export function hidden(text: string): string {
  return known.texts.reduce((shown, { hide }) => hide(shown), text);
}

/** Prints what is for a program, and has nothing secret in the texts that a person will see. */
export function printAsItIs(text: string): void {
  if (known.write) known.write(text);
  else process.stdout.write(text);
}

/** Whether a text holds something that is known to be secret. */
export function holdsSecret(text: string): boolean {
  return known.texts.some(({ isIn }) => isIn(text));
}

/** The last place up to `at` where a text can be cut without leaving a part of a secret behind. */
export function cutBefore(text: string, at: number): number {
  return known.texts.reduce((place, texts) => texts.cutBefore(text, place), at);
}

function shown(chunk: unknown): unknown {
  if (typeof chunk === 'string') return printed(chunk);
  const isText = chunk instanceof Uint8Array && isUtf8(chunk);
  return isText ? printed(Buffer.from(chunk).toString('utf8')) : chunk;
}

/** All but what tells a runner what to hide: for that it must be told. */
function printed(text: string): string {
  if (!text.includes('::add-mask::')) {
    const shown = hidden(text);
    return shown === text ? text : (hiddenJson(text) ?? shown);
  }
  const lines = text.split(/(?<=\n)/);
  return lines.map((line) => (line.startsWith('::add-mask::') ? line : hidden(line))).join('');
}

/** Of JSON the texts alone: with `***` for digits or for a name it could not be read. */
function hiddenJson(text: string): string | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    JSON.parse(text);
  } catch {
    return undefined;
  }
  return text.replace(/"(?:[^"\\]|\\.)*"(\s*:)?/g, (literal, isName?: string) =>
    isName ? literal : JSON.stringify(hidden(JSON.parse(literal))),
  );
}

/** Variables of `.env` and of stages, in a project whose own files say what is no secret. */
export function declaredIn(
  root: string,
  names: readonly string[],
  env: NodeJS.ProcessEnv,
): Declared {
  const valuesNotIn = (text: string) =>
    names.flatMap((name) => {
      const value = env[name] ?? '';
      return isWorthHiding(name, value, text) ? [value] : [];
    });
  return { names, publicText: names.length === 0 ? '' : publicText(root, valuesNotIn) };
}

/** The variables of an environment that another one has not, or has otherwise: those of `.env`. */
export function namesBeyond(env: NodeJS.ProcessEnv, other: NodeJS.ProcessEnv): string[] {
  return Object.keys(env).filter((name) => env[name] !== other[name]);
}
