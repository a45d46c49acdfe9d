import { createHash } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Stage } from '../../dvc/pipeline.ts';
import { type Project, siblingFolder } from '../../project/project.ts';
import { type StageCommand, sameWords } from '../../stage/command/commands.ts';

interface Noted {
  readonly dvc: string;
  readonly commands: readonly StageCommand[];
  /** Index of the command that DVC calls for next. */
  readonly next: number;
}

/** Which calls for a list's commands are still to come, of one DVC: they have run with the first. */
export class ListProgress {
  readonly #path: string;
  readonly #dvc: string;
  readonly #commands: readonly StageCommand[];

  private constructor(path: string, dvc: string, commands: readonly StageCommand[]) {
    this.#path = path;
    this.#dvc = dvc;
    this.#commands = commands;
  }

  /** `dvc` tells the process that calls from all others. */
  static async open(
    project: Project,
    stage: Stage,
    dvc: string,
    commands: readonly StageCommand[],
  ): Promise<ListProgress> {
    const name = createHash('sha256').update(stage.address).digest('hex');
    const folder = await siblingFolder(project, 'called');
    return new ListProgress(join(folder, `${name}.json`), dvc, commands);
  }

  /** Whether these words have run already; the last call that asks ends the list. */
  async isDone(words: StageCommand): Promise<boolean> {
    const noted = await this.#read();
    const command = noted?.commands[noted.next];
    if (!noted || !command || noted.dvc !== this.#dvc || !sameWords(command, words)) return false;
    const isLast = noted.next + 1 === noted.commands.length;
    if (isLast) await this.forget();
    else await this.#write({ ...noted, next: noted.next + 1 });
    return true;
  }

  /** The first call has run all. */
  begin(): Promise<void> {
    return this.#write({ dvc: this.#dvc, commands: this.#commands, next: 1 });
  }

  async forget(): Promise<void> {
    await rm(this.#path, { force: true });
  }

  async #read(): Promise<Noted | undefined> {
    const text = await readFile(this.#path, 'utf8').catch(() => '');
    try {
      return JSON.parse(text);
    } catch {
      return undefined; // none, or cut off: the list begins anew
    }
  }

  async #write(noted: Noted): Promise<void> {
    await writeFile(this.#path, JSON.stringify(noted));
  }
}
