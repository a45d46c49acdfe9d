import type { Out, Stage } from '../../../src/dvc/pipeline.ts';

/** A stage as the reader gives it, with what a test says of it. */
export function stageOf(declared: Partial<Omit<Stage, 'outs'>> & { outs?: string[] } = {}): Stage {
  const outs = (declared.outs ?? []).map((path) => ({ path, cache: true, persist: false }) as Out);
  return {
    cmd: ['sibling stage train'],
    name: 'train',
    address: 'train',
    file: 'dvc.yaml',
    line: 3,
    wdir: '.',
    frozen: false,
    alwaysChanged: false,
    meta: undefined,
    written: new Map(),
    isCmdList: false,
    notUnderstood: [],
    deps: [],
    params: [],
    ...declared,
    outs,
  };
}
