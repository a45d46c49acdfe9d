import { connectEngine, type Engine, isEngineAbsent } from '../container/engine.ts';
import { installEngine } from '../container/setup/install-engine.ts';

/** The engine of this job's machine, which is brought if there is none. */
export function jobEngine(env: NodeJS.ProcessEnv): Promise<Engine> {
  return connectEngine(env).catch((error) => {
    if (!isEngineAbsent(error)) throw error;
    return installEngine(error, { env, report: (line) => console.log(line) });
  });
}
