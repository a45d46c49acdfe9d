/**
 * What a configuration must not change of what Git answers (git-config): a pager, a monitor of files,
 * colours, signatures in a log, quoted names, paths relative to a folder.
 */
export const plain = [
  ...[
    'core.pager=cat',
    'core.fsmonitor=false',
    'color.ui=false',
    'core.quotePath=false',
    'log.showSignature=false',
  ],
  ...['diff.relative=false', 'diff.noprefix=false', 'diff.mnemonicPrefix=false'],
  ...['status.relativePaths=false', 'advice.detachedHead=false'],
].flatMap((setting) => ['-c', setting]);

/**
 * For commits that are nobody's own, such as a job's: hooks, signing, templates and habits of the
 * machine are for what a person commits, and may wait for one.
 */
export const unattended = [
  ...['core.hooksPath=/dev/null', 'core.editor=true'],
  ...['sequence.editor=true', 'commit.gpgSign=false', 'tag.gpgSign=false', 'push.gpgSign=false'],
  ...[
    'commit.template=',
    'commit.cleanup=whitespace',
    'commit.verbose=false',
    'commit.status=false',
  ],
  ...['rebase.autoStash=false', 'rebase.autoSquash=false', 'rebase.updateRefs=false'],
  ...['rebase.missingCommitsCheck=ignore', 'rerere.enabled=false', 'push.followTags=false'],
  ...['push.recurseSubmodules=no', 'fetch.recurseSubmodules=false', 'fetch.prune=false'],
  ...[
    'submodule.recurse=false',
    'init.templateDir=',
    'gc.auto=0',
    'maintenance.auto=false',
    'core.safecrlf=false',
  ],
].flatMap((setting) => ['-c', setting]);

/** An environment without the variables of a hook or a shell that mean another repository. */
export function ofThisRepository(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !elsewhere.has(name)));
}

/** What Git sets for its hooks (githooks), and what would change the answers. */
const elsewhere = new Set([
  ...['GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE', 'GIT_PREFIX', 'GIT_OBJECT_DIRECTORY'],
  ...['GIT_ALTERNATE_OBJECT_DIRECTORIES', 'GIT_COMMON_DIR', 'GIT_NAMESPACE', 'GIT_QUARANTINE_PATH'],
  ...['GIT_PAGER', 'GIT_EXTERNAL_DIFF', 'GIT_LITERAL_PATHSPECS', 'GIT_GLOB_PATHSPECS'],
  ...['GIT_NOGLOB_PATHSPECS', 'GIT_ICASE_PATHSPECS', 'GIT_DEFAULT_HASH'],
]);
