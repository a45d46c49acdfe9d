import { join } from 'node:path';
import type { Place } from '../../errors.ts';
import { NotUnderstood } from '../../text/not-understood.ts';
import { configuredPath } from './files.ts';
import { readConfigFile } from './text.ts';

/** An option of a remote, as it is written, and where. */
export interface RemoteOption {
  readonly text: string;
  readonly place: Place;
}

export type RemoteOptions = ReadonlyMap<string, RemoteOption>;

/**
 * The remotes that a project's own files name, .dvc/config.local over .dvc/config, with what is written
 * of each; options that only DVC can read are left out.
 */
export function projectRemotes(root: string): ReadonlyMap<string, RemoteOptions> {
  return remotesIn(root, [committed, '.dvc/config.local']);
}

/** The remotes that every clone of a project has, and which of them is the default one. */
export function committedRemotes(root: string) {
  const core = sectionsOf(join(root, committed)).get('core')?.get('remote');
  const defaultName = core && !('doubt' in core) ? core.text : undefined;
  return { defaultName, remotes: remotesIn(root, [committed]) };
}

const committed = '.dvc/config';

function remotesIn(root: string, files: readonly string[]): ReadonlyMap<string, RemoteOptions> {
  const remotes = new Map<string, Map<string, RemoteOption>>();
  for (const file of files) {
    for (const [section, entries] of sectionsOf(join(root, file))) {
      const name = /^remote\s*"(.*)"$/.exec(section)?.[1];
      if (name === undefined) continue;
      const options = remotes.get(name) ?? new Map<string, RemoteOption>();
      remotes.set(name, options);
      for (const [option, value] of entries) {
        if ('doubt' in value) options.delete(option);
        else options.set(option, { text: value.text, place: { file, line: value.line } });
      }
    }
  }
  return remotes;
}

function sectionsOf(file: string) {
  try {
    return readConfigFile(file);
  } catch (error) {
    if (error instanceof NotUnderstood) return new Map();
    throw error;
  }
}

/**
 * Where the remote `name` leads, and all that is written of it and of those that it stands on
 * (`url = remote://OTHER/path`), its own first. Undefined where that cannot be told.
 */
export function followRemote(
  remotes: ReadonlyMap<string, RemoteOptions>,
  name: string,
): { readonly url: RemoteOption; readonly options: RemoteOptions } | undefined {
  const seen = new Set<string>();
  const all = new Map<string, RemoteOption>();
  for (let at = name.toLowerCase(); !seen.has(at); ) {
    seen.add(at);
    const options = remotes.get(at);
    const url = options?.get('url');
    if (options === undefined || url === undefined) return undefined;
    for (const [option, value] of options) if (!all.has(option)) all.set(option, value);
    const next = /^remote:\/\/([^/]+)/i.exec(url.text)?.[1];
    if (next === undefined) return { url, options: all };
    at = next.toLowerCase();
  }
  return undefined;
}

/** Options whose values are paths of this machine, which DVC counts from the file (dvc/config.py). */
const pathOptions = [
  ...['credentialpath', 'configpath', 'keyfile', 'cert_path', 'key_path'],
  ...['gdrive_user_credentials_file', 'gdrive_service_account_json_file_path'],
];

/** Those as they are, which DVC hands on. */
const plainPaths = ['ssl_verify', 'kerb_ticket'];

/** The files that a remote's options name: each as an absolute path, by option. */
export function filesNamed(
  root: string,
  options: RemoteOptions,
  env: NodeJS.ProcessEnv,
): ReadonlyMap<string, { readonly path: string; readonly place: Place }> {
  const found = new Map<string, { path: string; place: Place }>();
  for (const [option, { text, place }] of options) {
    const isPath = pathOptions.includes(option);
    if (!isPath && !(plainPaths.includes(option) && text.includes('/'))) continue;
    found.set(option, { path: configuredPath(join(root, place.file), text, env), place });
  }
  return found;
}
