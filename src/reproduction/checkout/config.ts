import { resolve } from 'node:path';

/** Sections of the commit's configuration that say how its pipeline is read and run. */
const sectionsOfCommit = ['core', 'cache', 'parsing', 'hydra', 'feature'];

/**
 * DVC's configuration for a checkout: how the pipeline is read comes from the commit; every remote,
 * and which is the default, from the workspace's own configuration, in whose folder `from` relative
 * addresses count. The keys that the workspace has must not go to an address that a commit names.
 */
export function checkoutConfig(committed: string, workspace: string, from: string): string {
  const own = sectionLines(movedConfig(workspace, from));
  const config = new Map([...own].filter(([name]) => /^remote\b/i.test(name)));
  const isRemote = (line: string) => /^\s*["']?remote["']?\s*=/i.test(line);
  config.set('core', (own.get('core') ?? []).filter(isRemote));
  const theirs = sectionLines(movedConfig(committed, from));
  for (const name of sectionsOfCommit) {
    const lines = (theirs.get(name) ?? []).filter((line) => name !== 'core' || !isRemote(line));
    config.set(name, [...(config.get(name) ?? []), ...lines]);
  }
  return [...config]
    .filter(([, lines]) => lines.length > 0)
    .map(([name, lines]) => `[${name.includes('"') ? `'${name}'` : name}]\n${lines.join('\n')}\n`)
    .join('');
}

/** DVC's configuration for another folder: without its cache, with remotes where they were. */
export function movedConfig(text: string, from: string): string {
  let section = '';
  return text
    .split('\n')
    .flatMap((line) => {
      section = /^\s*\[(.*)\]/.exec(line)?.[1] ?? section;
      if (/^cache$/i.test(section) && /^\s*dir\s*=/i.test(line)) return [];
      const [, before, address] = /^(\s*url\s*=\s*)(\S.*?)\s*$/i.exec(line) ?? [];
      const isFolder = address !== undefined && !/^(\w[\w+.-]*:|["'~/])/.test(address);
      return [isFolder ? `${before}${resolve(from, address)}` : line];
    })
    .join('\n');
}

/** The lines of each section by its name; comments, and sections within sections, are left out. */
function sectionLines(text: string): Map<string, string[]> {
  const sections = new Map<string, string[]>();
  let lines: string[] = [];
  for (const line of text.split(/\r?\n/)) {
    if (/^\s*(#.*)?$/.test(line)) continue;
    const [, written] = /^\s*\[(?!\s*\[)\s*(.*?)\s*\]\s*(?:#.*)?$/.exec(line) ?? [];
    if (written !== undefined) {
      const name = written.replace(/^(['"])(.*)\1$/, '$2');
      const key = sectionsOfCommit.find((known) => known === name.toLowerCase()) ?? name;
      lines = sections.get(key) ?? [];
      sections.set(key, lines);
    } else if (!/^\s*\[/.test(line)) lines.push(line);
  }
  return sections;
}
