/** The events whose payloads are tried. */
export const eventNames = ['push', 'pull_request', 'merge_group', 'workflow_run'] as const;
export type EventName = (typeof eventNames)[number];
