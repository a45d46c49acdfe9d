import { existsSync, watch } from 'node:fs';
import { join } from 'node:path';
import type Docker from 'dockerode';
import type { Dice } from '../differential/dice.ts';
import type { Started } from '../stage-project.ts';
import { logLines, parts } from './project.ts';

/** When a fault strikes. */
export const moments = [
  'before create',
  'after start',
  'mid-log',
  'at exit',
  'outs move',
  'dvc.lock',
] as const;

export type Moment = (typeof moments)[number];

/** Watches a run, and calls `strike` once when it has come to a moment. */
export interface Watch {
  end(): void;
}

export interface Watched {
  readonly docker: Docker;
  readonly project: string;
  readonly root: string;
  /** Called with each container of the project as it is started. */
  readonly onStart: (role: string, id: string, stage: string | undefined) => void;
}

/** Begins to watch before the run is started, so that nothing is missed. */
export async function watchFor(
  moment: Moment,
  dice: Dice,
  { docker, project, root, onStart }: Watched,
  strike: () => void,
): Promise<Watch & { follow(run: Started): void }> {
  let struck = false;
  const timers: NodeJS.Timeout[] = [];
  const at = (delay: number) => {
    if (struck) return;
    struck = true;
    if (delay === 0) strike();
    else timers.push(setTimeout(strike, delay));
  };
  const delay = {
    'before create': dice.int(0, 700),
    'after start': dice.int(0, 100),
    'mid-log': 0,
    'at exit': dice.int(0, 20),
    'outs move': 0,
    'dvc.lock': 0,
  }[moment];
  const line = dice.int(1, logLines);
  const part = dice.pick(parts);
  // Each stage's entry is written in two events: the file is emptied, then filled.
  let writesLeft = dice.int(1, 4);

  const events = (await docker.getEvents({
    filters: { label: [`sibling.project=${project}`], event: ['start', 'die'] },
  })) as unknown as NodeJS.ReadableStream & { destroy(): void };
  let text = '';
  events.on('error', () => undefined);
  events.on('data', (chunk: Buffer) => {
    const lines = (text + chunk.toString()).split('\n');
    text = lines.pop() ?? '';
    for (const each of lines.filter((one) => one.trim() !== '')) {
      const { Action: action, Actor: actor } = JSON.parse(each);
      const { 'sibling.role': role, 'sibling.stage': stage } = actor.Attributes;
      if (action === 'start') onStart(role, actor.ID, stage);
      if (moment === 'before create' && action === 'start' && role === 'dvc-runner') at(delay);
      if (moment === 'after start' && action === 'start' && stage === 'second') at(delay);
      if (moment === 'at exit' && action === 'die' && stage === 'second') at(delay);
    }
  });
  const files = watch(root, (_, name) => {
    // DVC removes the old outs before the stage: only what comes counts.
    if (moment === 'outs move' && name === part && existsSync(join(root, part))) at(0);
    if (moment === 'dvc.lock' && name === 'dvc.lock' && --writesLeft === 0) at(0);
  });
  files.on('error', () => undefined);
  return {
    follow(run) {
      if (moment !== 'mid-log') return;
      run.until(new RegExp(`\\[second\\] line ${line}\\b`)).then(
        () => at(0),
        () => undefined,
      );
    },
    end() {
      struck = true;
      for (const timer of timers) clearTimeout(timer);
      files.close();
      events.destroy();
    },
  };
}
