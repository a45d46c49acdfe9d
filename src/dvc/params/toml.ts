import { parse, TomlDate, TomlError } from 'smol-toml';
import { NotUnderstood } from '../../text/not-understood.ts';
import { Opaque, type Value, type ValueMap } from '../value.ts';
import { failureAt, refuseByteOrderMark } from '../yaml/source.ts';

/** The values of a TOML file. Throws 'configuration' with the place for what is not TOML. */
export function readTomlValues(file: string, text: string): ValueMap {
  refuseByteOrderMark({ file, text }, 'TOML');
  try {
    return convert(parse(text, { integersAsBigInt: true })) as ValueMap;
  } catch (error) {
    if (error instanceof RangeError) throw new NotUnderstood(`the many levels of ${file}`);
    if (!(error instanceof TomlError)) throw error;
    const before = text.split('\n').slice(0, error.line - 1);
    const offset = before.reduce((sum, line) => sum + line.length + 1, 0) + error.column - 1;
    const reason = error.message.replace(/^Invalid TOML document: /, '').split('\n')[0];
    throw failureAt(
      { file, text },
      offset,
      `not valid TOML: ${reason}`,
      'Mend the line that is marked.',
    );
  }
}

function convert(value: unknown): Value {
  if (value instanceof TomlDate) return new Opaque('a date', value.toISOString());
  if (Array.isArray(value)) return value.map(convert);
  if (typeof value === 'object' && value !== null) {
    return new Map(Object.entries(value).map(([key, child]) => [key, convert(child)]));
  }
  return value as string | number | bigint | boolean;
}
