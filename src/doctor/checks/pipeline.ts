import type { Pipeline } from '../../dvc/pipeline.ts';
import { readPipelineWithPython } from '../../dvc/read/pipeline.ts';
import type { Failure } from '../../errors.ts';
import { readGates } from '../../metrics/gates.ts';
import type { Project } from '../../project/project.ts';
import { expectedReferences, withTracking } from '../../run/prepare/prepare.ts';
import type { DagsHub } from '../../servers/dagshub.ts';
import { commandFailures } from '../../stage/command/commands.ts';
import { type ConfiguredStage, configureStages } from '../../stage/options/options.ts';
import { type Check, judged, type Trouble } from '../check.ts';
import type { Subject } from '../subject.ts';

/** The pipeline with what Sibling's own part of it says. */
export interface DeclaredPipeline {
  readonly pipeline: Pipeline;
  readonly stages: readonly ConfiguredStage[];
}

/** What dvc.yaml declares. */
export function pipelineChecks(
  { env, tracking }: Subject,
  project: Check<Project>,
  credentials: Check<DagsHub | undefined>,
) {
  const pipeline: Check<DeclaredPipeline> = {
    name: 'dvc-yaml',
    kind: 'configuration',
    needs: [project],
    deadline: 20_000,
    async look(given) {
      const { root } = given(project);
      const read = await readPipelineWithPython(root, env);
      const stages = configureStages(root, read.stages);
      const [beyond] = read.handovers;
      const count = `${stages.length} ${stages.length === 1 ? 'stage' : 'stages'}`;
      const troubles = [
        ...[...commandFailures(read, read.stages)].map(commandTrouble),
        ...stages.flatMap(gateTroubles),
      ];
      return judged(troubles, {
        text: beyond
          ? `${count}; ${beyond.construct} is left to DVC`
          : `${count}, all params there`,
        value: { pipeline: read, stages },
        kind: 'configuration',
      });
    },
  };
  const images: Check = {
    name: 'stage-images',
    kind: 'configuration',
    needs: [project, pipeline],
    deadline: 10_000,
    look(given) {
      const base = { id: '', engine: '' };
      const { stages } = given(pipeline);
      // Reads every folder that an image is built from, and throws for one without a Dockerfile.
      expectedReferences({ project: given(project), env }, base, stages);
      return {
        state: 'ok',
        text: 'each stage has a Dockerfile or a pinned image',
        value: undefined,
      };
    },
  };
  const variables: Check = {
    name: 'variables',
    kind: 'configuration',
    needs: [project, pipeline, credentials],
    deadline: 2_000,
    look(given) {
      const all = tracking ? withTracking(env, tracking, undefined) : env;
      // The address of the local server is known when it runs.
      const set = tracking?.kind === 'local' ? { ...all, MLFLOW_TRACKING_URI: 'local' } : all;
      const { stages } = given(pipeline);
      const text = 'all that stages declare are set';
      return judged(
        stages.flatMap((stage) => variableTroubles(stage, set)),
        {
          text,
          value: undefined,
          kind: 'configuration',
        },
      );
    },
  };
  return { pipeline, images, variables };
}

function commandTrouble({ cause, hint, place }: Failure): Trouble {
  return { state: 'failure', text: cause, hint, ...(place && { place }) };
}

function gateTroubles({ stage, options }: ConfiguredStage): Trouble[] {
  return readGates(options.metrics).problems.map(({ path, cause, hint }) => ({
    state: 'failure',
    text: `stage ${stage.name}: ${['meta.sibling.metrics', ...path].join('.')}: ${cause}`,
    hint,
    place: { file: stage.file, line: stage.line },
  }));
}

function variableTroubles({ stage, options }: ConfiguredStage, env: NodeJS.ProcessEnv): Trouble[] {
  return options.env.flatMap(({ name, optional }): Trouble[] => {
    if (optional || env[name] !== undefined) return [];
    return [
      {
        state: 'failure',
        text: `stage ${stage.name} declares the variable ${name}, which is not set`,
        hint: `Set ${name} in .env or in the environment, or write ${name}? in meta.sibling.env if the stage can do without.`,
        place: { file: stage.file, line: stage.line },
      },
    ];
  });
}
