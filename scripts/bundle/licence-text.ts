import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BundledPackage } from './bundled-packages.ts';

/** The licences of the packages in a bundle: name and version, kind, and the text they ask for. */
export function licenceText(packages: readonly BundledPackage[]): string {
  return packages
    .map(({ name, version, licence, folder }) => {
      const texts = readdirSync(folder)
        .filter((file) => /^(licen[cs]e|notice|copying)/i.test(file))
        .sort()
        .map((file) => readFileSync(join(folder, file), 'utf8').trim());
      return `${[`${name}@${version}`, licence, ...texts].join('\n\n')}\n`;
    })
    .join(`\n${'-'.repeat(80)}\n\n`);
}
