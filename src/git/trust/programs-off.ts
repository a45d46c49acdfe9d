/** A setting of Git's configuration, with where it comes from (`git config --show-scope`). */
export interface Setting {
  readonly scope: string;
  /** Section and name in small letters, between them maybe a part with letters as written. */
  readonly name: string;
  readonly value: string;
}

/**
 * What keeps Git from running a program that a repository names, whatever it is: settings over the
 * repository's own (git-config, githooks, gitattributes at Git 2.39, and the hooks of Git 2.54's
 * configuration). Hooks lie in the repository without being configured.
 */
const always: readonly (readonly [string, string])[] = [
  ['core.hooksPath', '/dev/null'],
  ['core.fsmonitor', 'false'],
  ['core.editor', 'true'],
  ['sequence.editor', 'true'],
  ['core.alternateRefsCommand', ':'],
  ['commit.gpgSign', 'false'],
  ['tag.gpgSign', 'false'],
  ['push.gpgSign', 'false'],
  ['log.showSignature', 'false'],
  ['merge.verifySignatures', 'false'],
  ['submodule.recurse', 'false'],
  ['fetch.recurseSubmodules', 'false'],
  ['push.recurseSubmodules', 'no'],
  ['diff.ignoreSubmodules', 'dirty'],
  ['init.templateDir', ''],
  ['gc.auto', '0'],
  ['maintenance.auto', 'false'],
];

/** By what a name of the repository's matches: what stands in its place. */
const replaced: readonly (readonly [RegExp, string])[] = [
  [/^core\.sshcommand$/, 'ssh -oBatchMode=yes'],
  [/^filter\..*\.(?:clean|smudge|process)$/s, ''],
  [/^filter\..*\.required$/s, 'false'],
  [/^diff\.(?:.*\.command|external)$/s, 'true'],
  [/^diff\..*\.textconv$/s, 'cat'],
  [/^merge\..*\.driver$/s, 'git merge-file %A %O %B'],
  [/^gpg\.(?:.*\.)?program$/s, 'false'],
  [/^gpg\.ssh\.defaultkeycommand$/, 'false'],
  [/^remote\..*\.vcs$/s, ''],
  [/^submodule\..*\.update$/s, 'none'],
  [/^trailer\..*\.(?:command|cmd)$/s, 'true'],
  [/^hook\..*\.command$/s, 'true'],
  [/^hook\..*\.enabled$/s, 'false'],
];

const ofHelpers = /^credential\.(?:.*\.)?helper$/s;

/**
 * Settings to lay over a repository that is somebody else's; `settings` are all that Git reads there,
 * `ofSubmodules` those of its `.gitmodules`.
 */
export function programsOff(
  settings: readonly Setting[],
  ofSubmodules: readonly Setting[] = [],
): readonly (readonly [string, string])[] {
  const theirs = settings.filter(({ scope }) => scope === 'local' || scope === 'worktree');
  const names = [...new Set(theirs.map(({ name }) => name))];
  const values = names.flatMap((name): (readonly [string, string])[] => {
    const found = replaced.find(([pattern]) => pattern.test(name));
    if (found) return [[name, found[1]]];
    if (!ofHelpers.test(name)) return [];
    // An empty one takes back all that come before it: those of the machine are given again.
    const machine = settings.filter((each) => each.name === name && !theirs.includes(each));
    return [[name, ''], ...machine.map(({ value }) => [name, value] as const)];
  });
  // Git looks into a submodule by its own configuration, which is not among these.
  const submodules = ofSubmodules.flatMap(({ name }) => /^submodule\..*\./s.exec(name) ?? []);
  const unseen = [...new Set(submodules)].map((start) => [`${start}ignore`, 'dirty'] as const);
  return [...always, ...values, ...unseen];
}

/**
 * The same for the programs that serve a remote: of these the first setting counts, which is the
 * repository's, and only an option counts for more.
 */
export function withoutServers(args: readonly string[]): string[] {
  let at = 0;
  while (args[at] === '-c') at += 2;
  const option = servers.get(args[at] ?? '');
  return option === undefined
    ? [...args]
    : [...args.slice(0, at + 1), option, ...args.slice(at + 1)];
}

const servers = new Map([
  ['fetch', '--upload-pack=git-upload-pack'],
  ['ls-remote', '--upload-pack=git-upload-pack'],
  ['push', '--receive-pack=git-receive-pack'],
]);

/** The same for what has a variable of its own, which counts for more than the configuration. */
export const programsOffEnvironment = {
  GIT_PROXY_COMMAND: '',
  GIT_ASKPASS: '',
  SSH_ASKPASS: '',
  GIT_TERMINAL_PROMPT: '0',
  GIT_EDITOR: 'true',
  GIT_SEQUENCE_EDITOR: 'true',
  /** Neither `ext::`, which is a command, nor helpers of other names. */
  GIT_ALLOW_PROTOCOL: 'file:git:http:https:ssh',
  /** What a partial clone lacks comes from a remote that it names, served by what it names. */
  GIT_NO_LAZY_FETCH: '1',
};

/** The answer of `git config --null --list --show-scope`. */
export function parseSettings(listed: string): readonly Setting[] {
  const parts = listed.split('\0');
  return Array.from({ length: Math.floor(parts.length / 2) }, (_, at) => {
    const [scope = '', entry = ''] = parts.slice(2 * at, 2 * at + 2);
    const end = entry.indexOf('\n');
    return end === -1
      ? { scope, name: entry, value: 'true' }
      : { scope, name: entry.slice(0, end), value: entry.slice(end + 1) };
  });
}
