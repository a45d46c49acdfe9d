/** A project in a folder of its repository, as a workflow speaks of it. */
export interface FolderProject {
  /** Of the workflow among those of the repository. */
  readonly name: string;
  /** Relative to Git's root. */
  readonly folder: string;
  /** Patterns of GitHub's `paths`: a change of what they match runs the pipeline. */
  readonly paths: readonly string[];
}

/** The filter of an event, so that another project's changes run nothing here. */
export function filter(project: FolderProject | undefined): string {
  if (!project) return '';
  const lines = project.paths.map((path) => `\n      - ${JSON.stringify(path)}`);
  return `\n    paths:${lines.join('')}`;
}

/** The input that tells an action where the project is. */
export function within(project: FolderProject | undefined): string {
  return project ? `\n          working-directory: ${JSON.stringify(project.folder)}` : '';
}

/** Lets the steps that somebody adds run where the project is. */
export function runsInFolder(project: FolderProject | undefined): string {
  if (!project) return '';
  return `\ndefaults:\n  run:\n    working-directory: ${JSON.stringify(project.folder)}\n`;
}

/** A branch's name in a list of patterns: quoted where YAML would take it for something else. */
export function plain(branch: string): string {
  const pattern = branch.replace(/[+!\]]/g, '\\$&');
  const isWord = /^[A-Za-z][\w./-]*$/.test(pattern);
  return isWord && !/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(pattern)
    ? pattern
    : JSON.stringify(pattern);
}

/** The one branch that a pattern such as `plain` writes is for; undefined for any other pattern. */
export function branchOf(pattern: string): string | undefined {
  const characters = pattern.match(/\\[*?+![\]\\]|[^\\]/gsu) ?? [];
  const isPlain =
    pattern !== '' &&
    characters.join('') === pattern &&
    characters.every((each, at) => !(at === 0 ? /^[!*?+[\]]$/ : /^[*?+[\]]$/).test(each));
  return isPlain ? characters.map((each) => each.replace(/^\\/, '')).join('') : undefined;
}
