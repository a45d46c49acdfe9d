import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  parseDocument,
  type YAMLMap,
} from 'yaml';
import { mayBeDeep } from '../dvc/yaml/lenient.ts';
import { failureAt, placeAt } from '../dvc/yaml/source.ts';
import { ExpectedFailure } from '../errors.ts';
import type { ActionsReference } from './actions-reference.ts';
import { branchOf } from './folder-project.ts';
import type { ExistingWorkflow } from './kept-regions.ts';

/** What a workflow that this wrote says of itself, so that writing it again needs no options. */
export interface Remembered {
  readonly actions?: ActionsReference;
  readonly branch?: string;
  readonly proposesResults: boolean;
  /** Names of the variables that its jobs set. */
  readonly variables: readonly string[];
}

/** What the command line says itself: that is not looked for in the workflow. */
export interface Given {
  readonly actions?: string | undefined;
  readonly ref?: string | undefined;
  readonly branch?: string | undefined;
}

/**
 * Reads a workflow back. Throws 'configuration' with the place for what is not YAML, and 'drift' where
 * somebody has written what could not be written again: more branches than one, patterns of them,
 * actions of several places.
 */
export function remembered(existing: ExistingWorkflow | undefined, given: Given = {}): Remembered {
  if (existing === undefined) return { proposesResults: false, variables: [] };
  const workflow = new WorkflowReader(existing);
  const actions = given.actions === undefined ? workflow.actions() : undefined;
  const branch = given.branch === undefined ? workflow.branch() : undefined;
  return {
    ...(actions !== undefined && { actions }),
    ...(branch !== undefined && { branch }),
    proposesResults: workflow.proposesResults(),
    variables: workflow.variables(),
  };
}

class WorkflowReader {
  private readonly existing: ExistingWorkflow;
  private readonly document: Document;

  constructor(existing: ExistingWorkflow) {
    this.existing = existing;
    if (mayBeDeep(existing.text)) throw this.notYaml(0, 'it has very many levels');
    this.document = parseDocument(existing.text, {
      // Each scalar is its text: `on` too.
      schema: 'failsafe',
      prettyErrors: false,
    }) as Document;
    const [error] = this.document.errors;
    if (error) throw this.notYaml(error.pos[0], error.message);
  }

  /** The branch that pushes are filtered by. */
  branch(): string {
    const push = this.entry(this.entry(this.document.contents, 'on'), 'push');
    const branches = this.entry(push, 'branches');
    const only = isSeq(branches) && branches.items.length === 1 ? branches.items[0] : branches;
    const pattern = this.textOf(only);
    const branch = pattern === undefined ? undefined : branchOf(pattern);
    const others = isMap(push)
      ? push.items.find(({ key }) => /^(?:branches-ignore|tags|tags-ignore)$/.test(String(key)))
      : undefined;
    if (branch !== undefined && others === undefined) return branch;
    const node = others?.key ?? branches ?? push ?? this.document.contents;
    throw this.unlike(
      node,
      'runs for pushes that are not those of one branch',
      'Name the branch whose pushes run the pipeline, which replaces what is written there:\n\nsibling export github --branch NAME\n\nOr give another workflow those pushes.',
    );
  }

  /** Where the stages' jobs have run-stage from; undefined where none has it. */
  actions(): ActionsReference | undefined {
    let found: { readonly text: string; readonly reference: ActionsReference } | undefined;
    for (const step of this.steps()) {
      const uses = this.entry(step, 'uses');
      const text = this.textOf(uses);
      if (text === undefined || !/\/run-stage\/?(?:@|$)/.test(text)) continue;
      const [, actions, ref] = /^([^@]+)\/run-stage\/?(?:@(\S+))?$/.exec(text) ?? [];
      const isAnother = found !== undefined && found.text !== text;
      if (actions === undefined || isAnother) {
        throw this.unlike(
          uses,
          isAnother ? 'has actions of several places' : 'has actions of no known place',
          'Say which it should use:\n\nsibling export github --actions OWNER/REPO@REF',
        );
      }
      found ??= { text, reference: { actions, ...(ref !== undefined && { ref }) } };
    }
    return found?.reference;
  }

  proposesResults(): boolean {
    return this.steps().some(
      (step) =>
        this.textOf(this.entry(this.entry(step, 'with'), 'on-protected-branch')) === 'pull-request',
    );
  }

  variables(): string[] {
    return [this.document.contents, ...this.jobs(), ...this.steps()].flatMap((part) => {
      const env = this.entry(part, 'env');
      return isMap(env) ? env.items.map(({ key }) => String(key)) : [];
    });
  }

  private jobs(): unknown[] {
    const jobs = this.entry(this.document.contents, 'jobs');
    return isMap(jobs) ? jobs.items.map(({ value }) => value) : [];
  }

  private steps(): unknown[] {
    return this.jobs().flatMap((job) => {
      const steps = this.entry(job, 'steps');
      return isSeq(steps) ? steps.items : [];
    });
  }

  private entry(node: unknown, key: string): unknown {
    const map = this.resolved(node);
    if (!isMap(map)) return undefined;
    return this.resolved((map as YAMLMap).get(key, true));
  }

  private resolved(node: unknown): unknown {
    return isAlias(node) ? node.resolve(this.document) : node;
  }

  private textOf(node: unknown): string | undefined {
    const value = this.resolved(node);
    return isScalar(value) && typeof value.value === 'string' ? value.value : undefined;
  }

  private notYaml(offset: number, why: string): ExpectedFailure {
    const hint = 'Mend that line, then export again.';
    return failureAt(this.existing, offset, `not valid YAML: ${why}`, hint);
  }

  private unlike(node: unknown, what: string, hint: string): ExpectedFailure {
    const { file } = this.existing;
    const place = placeAt(this.existing, (node as Node | null)?.range?.[0] ?? 0);
    const line = this.existing.text.split('\n')[place.line - 1]?.trim() ?? '';
    const cause = `${file} ${what}`;
    return new ExpectedFailure({ kind: 'drift', cause, hint, place, details: [line] });
  }
}
