import { existingBaseImage, stockBase } from '../../container/base-image/base-image.ts';
import type { BaseImage } from '../../container/base-image/local.ts';
import { type Engine, withDeadline } from '../../container/engine.ts';
import { doubtOf } from '../../container/identity/doubt.ts';
import { findImage, type ImageId } from '../../container/identity/found-image.ts';
import { loginFor } from '../../container/registry/registry.ts';
import { saidBy } from '../../container/request/engine-failure.ts';
import { isDebian } from '../../container/setup/debian.ts';
import { runnerReference } from '../../run/prepare/prepare.ts';
import { insideRunner } from '../../run/runner/runner.ts';
import type { Check } from '../check.ts';
import type { Subject } from '../subject.ts';

/** How long a registry may take to say whether it has an image, in milliseconds. */
const registryDeadline = 8_000;

/** The images that Sibling itself needs; none is pulled or built. */
export function imageChecks({ env }: Subject, engine: Check<Engine>) {
  const base: Check<BaseImage | undefined> = {
    name: 'base-image',
    kind: 'image',
    needs: [engine],
    deadline: 15_000,
    async look(given) {
      const { docker } = given(engine);
      const existing = await existingBaseImage(docker, env);
      if (existing) return { state: 'ok', text: existing.reference, value: existing };
      const wanted = env.SIBLING_BASE_IMAGE ?? stockBase;
      const trouble = await registryTrouble(given(engine), wanted, env);
      if (trouble === undefined) {
        return { state: 'ok', text: `not here yet; its registry has ${wanted}`, value: undefined };
      }
      if (wanted === stockBase && isDebian()) {
        const text =
          'not here yet, and no registry gives it: the next run makes it of Debian’s packages';
        return { state: 'ok', text, value: undefined };
      }
      return {
        state: 'failure',
        failure: {
          kind: 'image',
          cause: `the base image ${wanted} is not here, and cannot be pulled: ${trouble}`,
          hint: 'Check the network and the registry, or name an image that you have: SIBLING_BASE_IMAGE=… in .env.',
        },
      };
    },
  };
  const runner: Check<ImageId | undefined> = {
    name: 'runner-image',
    kind: 'image',
    needs: [engine, base],
    deadline: 10_000,
    async look(given) {
      if (insideRunner(env)) return { state: 'ok', text: 'this is one', value: undefined };
      const from = given(base);
      const reference = from && runnerReference(from, env);
      const found = reference && (await findImage(given(engine).docker, reference));
      if (reference && found && doubtOf(found, { reference }) === undefined) {
        return { state: 'ok', text: reference, value: found.id };
      }
      return {
        state: 'skipped',
        needs: 'the dvc-runner image, which the next run makes (sibling build)',
      };
    },
  };
  return { base, runner };
}

/** Why no registry gives an image; undefined where one does. The engine asks, and pulls nothing. */
async function registryTrouble(
  { docker }: Engine,
  image: string,
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  try {
    const authconfig = await loginFor(env, image);
    const asking = docker.getImage(image).distribution(authconfig ? { authconfig } : {});
    await withDeadline(asking, registryDeadline);
    return undefined;
  } catch (error) {
    return saidBy(error);
  }
}
