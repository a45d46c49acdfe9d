import { homeOf } from '../dvc/config/files.ts';

/**
 * The home folder of who runs Sibling, which no stage gets as a whole. In the dvc-runner, whose own
 * is another one, the launcher says it.
 */
export function guardedHome(env: NodeJS.ProcessEnv = process.env): string {
  return env.SIBLING_GUARDED_HOME ?? homeOf(env);
}
