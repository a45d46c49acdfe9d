/** What this process has found out about the registries that images may come from. */
const away = new Set<string>();
const told = new Set<string>();

/** Milliseconds that a registry has for its first answer to a pull; the engine itself waits longer. */
export const answerLimit = 15_000;

export type Transfer = 'pulled' | 'pushed';

/** Whether a registry did not answer, or had trouble of its own: it is not asked again. */
export function isAway(prefix: string): boolean {
  return away.has(prefix);
}

/**
 * Takes note of a transfer that failed, and gives the warning of it; undefined where the same has
 * been said of another image. A refusal is one of this kind of transfer alone: who may not pull what
 * is not there yet may be allowed to push it.
 */
export function transferWarning(
  prefix: string,
  remote: string,
  transfer: Transfer,
  { why, isRefusal }: { readonly why: string; readonly isRefusal: boolean },
): string | undefined {
  const key = isRefusal ? `${transfer} ${prefix}` : prefix;
  if (!isRefusal) away.add(prefix);
  if (told.has(key)) return undefined;
  told.add(key);
  const rest = isRefusal
    ? ''
    : '; images are built here, and the registry is not asked again by this command';
  return `warning: ${remote} cannot be ${transfer}: ${why}${rest}`;
}
