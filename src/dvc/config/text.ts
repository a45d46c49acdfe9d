import { readIfThere } from '../../system/read-if-there.ts';
import { NotUnderstood } from '../../text/not-understood.ts';

/**
 * An option: its text, of a list the items with commas between them, and its line, from 1; or what only
 * DVC can read.
 */
export type ConfigValue =
  | { readonly text: string; readonly isList: boolean; readonly line: number }
  | { readonly doubt: NotUnderstood };

export type ConfigSections = ReadonlyMap<string, ReadonlyMap<string, ConfigValue>>;

/**
 * A file of ConfigObj's notation as far as people write it: options by section, names in lower
 * case. What is beyond that is a doubt where it stands, so that it stops only who needs it. A file
 * that is not there has no sections. Throws NotUnderstood for one that cannot be read in lines, and
 * 'configuration' for one that cannot be read.
 */
export function readConfigFile(file: string): ConfigSections {
  const sections = new Map<string, Map<string, ConfigValue>>();
  let entries = new Map<string, ConfigValue>();
  sections.set('', entries);
  for (const [at, line] of readLines(file).entries()) {
    if (/^\s*(?:#.*)?$/.test(line)) continue;
    // Not the line itself: it may hold a secret.
    if (/'''|"""/.test(line)) throw new NotUnderstood(`a text of several lines in ${file}`);
    const section = /^\s*\[(?!\[)\s*(.*?)\s*\]\s*(?:#.*)?$/.exec(line)?.[1];
    if (section !== undefined) {
      const name = section.replace(/^(['"])(.*)\1$/, '$2').toLowerCase();
      entries = sections.get(name) ?? new Map();
      sections.set(name, entries);
      continue;
    }
    const [, double, single, plain, value = ''] =
      /^\s*(?:"([^"]*)"|'([^']*)'|([^\s'"=[#][^=]*?))\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    const key = double ?? single ?? plain;
    if (key === undefined) {
      entries.set('', { doubt: new NotUnderstood(`line ${at + 1} of ${file}`) });
    } else entries.set(key.toLowerCase(), readValue(value, at + 1) ?? doubtful(key, file));
  }
  return sections;
}

const item = /\s*(?:"([^"]*)"|'([^']*)'|([^'",#\s](?:[^,#]*[^,#\s])?))\s*/y;

function doubtful(key: string, file: string): ConfigValue {
  return { doubt: new NotUnderstood(`the value of ${key} in ${file}`) };
}

function readValue(text: string, line: number): ConfigValue | undefined {
  const items: string[] = [];
  let at = 0;
  let commas = 0;
  // `%(name)s` stands for another option.
  if (text.includes('%(')) return undefined;
  while (at < text.length && text[at] !== '#') {
    item.lastIndex = at;
    const found = item.exec(text);
    if (!found) return undefined;
    items.push(found[1] ?? found[2] ?? found[3] ?? '');
    at = item.lastIndex;
    if (text[at] !== ',') break;
    commas++;
    at++;
    while (/\s/.test(text[at] ?? '')) at++;
  }
  if (at < text.length && text[at] !== '#') return undefined;
  return { text: items.join(','), isList: commas > 0, line };
}

function readLines(file: string): readonly string[] {
  return bytesOf(file)
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .split(/\r?\n/);
}

/** Another user's own file is none that matters, as after sudo with that user's HOME. */
function bytesOf(file: string): Buffer {
  try {
    return readIfThere(file);
  } catch (error) {
    const { code = '' } = Object((error as Error).cause) as NodeJS.ErrnoException;
    if (code !== 'EACCES' && code !== 'EPERM') throw error;
    throw new NotUnderstood(`${file}, which cannot be read (${code})`);
  }
}
