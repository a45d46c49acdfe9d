import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { ExpectedFailure } from '../../errors.ts';

const run = promisify(execFile);

/** Whether this is Debian or a distribution made from it. */
export function isDebian(): boolean {
  if (!existsSync('/etc/os-release')) return false;
  return /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(readFileSync('/etc/os-release', 'utf8'));
}

/** Installs Debian packages that are missing. Throws 'engine' when it may not or cannot. */
export async function installPackages(
  packages: readonly string[],
  report: (line: string) => void,
): Promise<void> {
  const missing: string[] = [];
  for (const name of packages) if (!(await isInstalled(name))) missing.push(name);
  if (missing.length === 0) return;
  const names = missing.join(' ');
  if (process.getuid?.() !== 0) {
    throw new ExpectedFailure({
      kind: 'engine',
      cause: `the Debian package ${names} is missing, and only root can install it`,
      hint: `sudo apt-get update && sudo apt-get install -y ${names}`,
    });
  }
  const begun = performance.now();
  report(`Installing ${names} from Debian's packages`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const options = { env, maxBuffer: 64 * 1024 ** 2 };
  try {
    await run('apt-get', ['update'], options);
    await run('apt-get', ['install', '-y', '--no-install-recommends', ...missing], options);
  } catch (error) {
    const { stderr = '' } = error as { stderr?: string };
    throw new ExpectedFailure(
      {
        kind: 'engine',
        cause: `apt-get could not install ${names}`,
        hint: 'Check the network and /etc/apt/sources.list, then run again.',
        details: stderr.trim().split('\n').slice(-5),
      },
      { cause: error },
    );
  }
  report(`Installed ${names} (${((performance.now() - begun) / 1000).toFixed(0)} s)`);
}

async function isInstalled(name: string): Promise<boolean> {
  try {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own format language
    const { stdout } = await run('dpkg-query', ['-W', '-f=${Status}', name]);
    return stdout.endsWith(' installed');
  } catch {
    return false;
  }
}
