import type { Worker } from 'node:worker_threads';

/** What a look into DVC's local cache found for one hash. */
export interface ObjectCheck {
  /** Whether an object is not there, or the list of a folder's files is not one. */
  readonly isMissing: boolean;
  /** Objects that are there but not protected: DVC trusts them only if their content is right. */
  readonly suspects: readonly { readonly path: string; readonly md5: string }[];
  /** The code of an error of the system, or what is odd. */
  readonly fault?: string;
}

export interface ObjectQuestion {
  readonly hash: string;
  /** The folder that holds the objects: `.dvc/cache/files/md5`, or `.dvc/cache` for DVC 2's. */
  readonly folder: string;
}

/**
 * Looks for objects as DVC does (dvc_data/hashfile/db/local.py, check): one is trusted when its
 * permissions are those of a protected object. It refers to nothing outside itself, because its
 * text is what a thread is started with (see worker.ts).
 */
function checkObjects(
  { readFileSync, statSync }: Pick<typeof import('node:fs'), 'readFileSync' | 'statSync'>,
  questions: readonly ObjectQuestion[],
): ObjectCheck[] {
  const protectedMode = 0o444;
  const check = ({ hash, folder }: ObjectQuestion): ObjectCheck => {
    const suspects: { path: string; md5: string }[] = [];
    const isThere = (name: string) => {
      const path = `${folder}/${name.slice(0, 2)}/${name.slice(2)}`;
      const stats = statSync(path, { throwIfNoEntry: false });
      if (stats === undefined) return false;
      if ((stats.mode & 0o7777) !== protectedMode) {
        suspects.push({ path, md5: name.replace(/\.dir$/, '') });
      }
      return true;
    };
    try {
      if (!isThere(hash)) return { isMissing: true, suspects };
      if (!hash.endsWith('.dir')) return { isMissing: false, suspects };
      let list: unknown;
      try {
        list = JSON.parse(readFileSync(`${folder}/${hash.slice(0, 2)}/${hash.slice(2)}`, 'utf8'));
      } catch (error) {
        if (error instanceof SyntaxError) return { isMissing: true, suspects };
        throw error;
      }
      if (!Array.isArray(list)) return { isMissing: true, suspects };
      for (const { md5 } of list as { md5?: unknown }[]) {
        if (typeof md5 !== 'string') return { isMissing: false, suspects, fault: 'no md5' };
        if (!isThere(md5)) return { isMissing: true, suspects };
      }
      return { isMissing: false, suspects };
    } catch (error) {
      const { code } = error as { code?: string };
      return { isMissing: false, suspects, fault: code ?? String(error) };
    }
  };
  return questions.map(check);
}

const program = `
  const { parentPort, workerData } = require('node:worker_threads');
  const checkObjects = ${checkObjects.toString()};
  parentPort.postMessage(checkObjects(require('node:fs'), workerData));
`;

/** From this many files on, a thread gains more than it takes to start it. */
const filesWorthThread = 2000;

/**
 * Answers in the order of the questions. With many files a thread does the work, which then goes on
 * while this one walks the workspace.
 */
export async function checkAllObjects(
  questions: readonly ObjectQuestion[],
  expectedFiles: number,
): Promise<readonly ObjectCheck[]> {
  if (expectedFiles < filesWorthThread) {
    return checkObjects(await import('node:fs'), questions);
  }
  const threads = await import('node:worker_threads');
  return new Promise((resolve, reject) => {
    const worker: Worker = new threads.Worker(program, { eval: true, workerData: questions });
    worker.once('message', (checks: ObjectCheck[]) => {
      resolve(checks);
      worker.terminate().catch(reject);
    });
    worker.once('error', reject);
  });
}
