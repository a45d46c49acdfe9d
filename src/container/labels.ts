/** The labels by which Sibling finds its own containers again; nothing else identifies them. */
export const label = {
  /** Which run started it: every container of a run is stopped and removed with the run. */
  run: 'sibling.run',
  /** Which project, by `Project.id`. */
  project: 'sibling.project',
  /** `dvc-runner`, `stage` or `service`. */
  role: 'sibling.role',
  stage: 'sibling.stage',
} as const;

export type Role = 'dvc-runner' | 'stage' | 'service';

export interface Ownership {
  readonly run: string;
  readonly project: string;
  readonly role: Role;
  readonly stage?: string;
}

export function ownershipLabels(owner: Ownership): Record<string, string> {
  return {
    [label.run]: owner.run,
    [label.project]: owner.project,
    [label.role]: owner.role,
    ...(owner.stage !== undefined && { [label.stage]: owner.stage }),
  };
}
