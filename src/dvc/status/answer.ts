/**
 * The reasons in the answer of `dvc status --json`, by stage, in a person's words. The answer maps
 * a stage to a list of `{"changed deps": {path: state}}`, `{"changed outs": …}`, "changed command"
 * and "always changed" (dvc/stage/__init__.py, Stage.status at DVC 3.67).
 */
export function stageReasons(answer: Record<string, unknown>): Map<string, string[]> {
  const reasons = new Map<string, string[]>();
  for (const [stage, entries] of Object.entries(answer)) {
    reasons.set(stage, Array.isArray(entries) ? entries.flatMap(entryReasons) : [String(entries)]);
  }
  return reasons;
}

function entryReasons(entry: unknown): string[] {
  if (typeof entry !== 'object' || entry === null) return [String(entry)];
  return Object.entries(entry).flatMap(([what, changes]) => {
    const role = what === 'changed outs' ? 'out ' : '';
    return Object.entries((changes ?? {}) as Record<string, unknown>).flatMap(([path, state]) =>
      typeof state === 'object' && state !== null
        ? Object.entries(state).map(([key, change]) => `${path}: ${key} ${change}`)
        : [`${role}${path} ${state}`],
    );
  });
}
