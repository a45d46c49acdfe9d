import { appendFileSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** A project that names files outside of itself; `elsewhere` is a folder beside it. */
export interface OutsideProject {
  readonly name: string;
  /** Makes all of it, before DVC runs it for the first time. */
  readonly make: (root: string, elsewhere: string) => void;
  /** Changes after which DVC and the native reader have to agree; each is on top of those before. */
  readonly edits: readonly (readonly [string, (root: string, elsewhere: string) => void])[];
}

/** Reads all that is linked or elsewhere, and writes what DVC keeps in its cache. */
function pipeline(deps: readonly string[], extra = ''): string {
  return `stages:
  one:
    cmd: mkdir -p out && echo 1 > out/a && echo 2 > out/b && echo 3 > file
    deps: ${JSON.stringify(deps)}
${extra}    outs: [out, file]
`;
}

const cacheElsewhere = (type: string, where: (elsewhere: string, root: string) => string) => ({
  name: `a cache elsewhere${type.replace(/^|, /g, ' ')}`,
  make: (root: string, elsewhere: string) => {
    put(root, 'dvc.yaml', pipeline(['in']));
    put(root, 'in', 'x');
    const lines = [`dir = ${where(elsewhere, root)}`, ...(type === '' ? [] : [`type = ${type}`])];
    put(root, '.dvc/config.local', `[cache]\n    ${lines.join('\n    ')}\n`);
  },
  edits: [
    ['an out that is gone', (root: string) => rm(root, 'file')],
    ['a cache that is gone', (_: string, elsewhere: string) => rm(elsewhere, 'cache')],
  ] as const,
});

const linkedCache: OutsideProject = {
  name: 'a cache that is a link',
  make: (root, elsewhere) => {
    put(root, 'dvc.yaml', pipeline(['in']));
    put(root, 'in', 'x');
    mkdirSync(join(elsewhere, 'cache'), { recursive: true });
    symlinkSync(join(elsewhere, 'cache'), join(root, '.dvc/cache'));
  },
  edits: [['an object that is gone', (_, elsewhere) => rm(elsewhere, 'cache/files')]],
};

const ways: OutsideProject = {
  name: 'deps by every way out',
  make: (root, elsewhere) => {
    const up = relative(root, elsewhere);
    for (const name of ['file', 'folder/a', 'folder/sub/b', 'chain/end', 'params.yaml', 'far/f']) {
      put(elsewhere, name, name.endsWith('.yaml') ? 'lr: 1\nother: 2\n' : name);
    }
    symlinkSync('../file', join(elsewhere, 'folder/link'));
    symlinkSync('../far', join(elsewhere, 'folder/folder-link'));
    symlinkSync('chain', join(elsewhere, 'hop'));
    symlinkSync(join(elsewhere, 'folder'), join(root, 'linked-folder'));
    symlinkSync(join(up, 'file'), join(root, 'linked-file'));
    symlinkSync(join(elsewhere, 'hop'), join(root, 'middle'));
    mkdirSync(join(root, 'data'));
    symlinkSync(join(elsewhere, 'file'), join(root, 'data/inside'));
    const params = `    params: [{${join(up, 'params.yaml')}: [lr]}]\n`;
    const deps = ['linked-folder', 'linked-file', 'middle/end', 'data'];
    put(
      root,
      'dvc.yaml',
      pipeline(
        [...deps, join(elsewhere, 'folder'), join(up, 'file'), join(up, 'folder/sub')],
        params,
      ),
    );
  },
  edits: [
    ['a changed file', (_, elsewhere) => appendFileSync(join(elsewhere, 'file'), 'more')],
    ['a changed param', (_, elsewhere) => put(elsewhere, 'params.yaml', 'lr: 2\nother: 2\n')],
    ['another param', (_, elsewhere) => put(elsewhere, 'params.yaml', 'lr: 1\nother: 3\n')],
    ['a new file', (_, elsewhere) => put(elsewhere, 'folder/new', 'n')],
    ['the end of a chain', (_, elsewhere) => put(elsewhere, 'chain/end', 'changed')],
    ['behind a folder link', (_, elsewhere) => put(elsewhere, 'far/f', 'changed')],
    ['Git and DVC there', (_, elsewhere) => put(elsewhere, 'folder/.dvc/x', 'n')],
    ['a link into nothing', (_, elsewhere) => rm(elsewhere, 'chain')],
    ['nothing there', (_, elsewhere) => rm(elsewhere, 'folder')],
  ],
};

const vars: OutsideProject = {
  name: 'vars elsewhere',
  make: (root, elsewhere) => {
    put(elsewhere, 'paths.yaml', 'name: in\n');
    put(elsewhere, 'more.json', '{"folder": "."}');
    put(root, 'in', 'x');
    const files = [join(relative(root, elsewhere), 'paths.yaml'), join(elsewhere, 'more.json')];
    // biome-ignore lint/suspicious/noTemplateCurlyInString: DVC's templates
    put(root, 'dvc.yaml', `vars: ${JSON.stringify(files)}\n${pipeline(['${folder}/${name}'])}`);
  },
  edits: [
    [
      'another name',
      (root, elsewhere) => {
        put(elsewhere, 'paths.yaml', 'name: other\n');
        put(root, 'other', 'y');
      },
    ],
  ],
};

export const outsideProjects: readonly OutsideProject[] = [
  cacheElsewhere('', (elsewhere) => join(elsewhere, 'cache')),
  cacheElsewhere('copy', (elsewhere, root) =>
    relative(join(root, '.dvc'), join(elsewhere, 'cache')),
  ),
  cacheElsewhere('symlink', (elsewhere) => join(elsewhere, 'cache')),
  cacheElsewhere('hardlink', (elsewhere) => `"${join(elsewhere, 'cache')}"`),
  cacheElsewhere('reflink, symlink', (elsewhere) => join(elsewhere, 'deeper/../cache')),
  linkedCache,
  ways,
  vars,
];

function put(folder: string, path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

function rm(folder: string, path: string): void {
  rmSync(join(folder, path), { recursive: true, force: true });
}
