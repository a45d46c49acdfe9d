import type { Engine } from '../../container/engine.ts';
import { ExpectedFailure } from '../../errors.ts';
import type { MlflowClient } from '../../mlflow/client.ts';
import type { Project } from '../../project/project.ts';
import { explainTransfer } from '../../remote/failure.ts';
import type { Remote } from '../../remote/remote.ts';
import type { RunView } from '../../run/progress/view.ts';
import type { Checkout } from '../checkout/checkout.ts';
import type { SourceCommit } from '../checkout/find-commit.ts';
import type { RegisteredVersion } from '../wanted/registered.ts';
import type { RunDvc } from './stored-objects.ts';

export interface ReproductionRequest {
  readonly project: Project;
  /** The environment with `.env` beneath it. */
  readonly env: NodeJS.ProcessEnv;
  /** `MODEL[@ALIAS|/VERSION]`, or the empty text. */
  readonly wanted: string;
  /** Look at what is stored instead of running anything. */
  readonly pull: boolean;
  readonly keep: boolean;
  readonly openRegistry: () => Promise<{ readonly client: MlflowClient; readonly model: string }>;
  readonly openEngine: () => Promise<Engine>;
  /** DVC in a checkout, with the project's own remote; `run` is that of its containers. */
  readonly openDvc: (engine: Engine, checkout: Project, run: string) => Promise<DvcAccess>;
  readonly view: RunView;
  readonly verbose: boolean;
  readonly colour: boolean;
  readonly signal: AbortSignal;
}

export interface DvcAccess {
  readonly dvc: RunDvc;
  readonly remote: Remote;
}

/** What a method of comparing works with. */
export interface ReproductionContext extends DvcAccess {
  readonly request: ReproductionRequest;
  readonly registered: RegisteredVersion;
  readonly commit: SourceCommit;
  readonly checkout: Checkout;
  readonly engine: Engine;
  readonly run: string;
}

/** Runs `dvc ARGUMENTS`. Throws what keeps data from being fetched. */
export async function fetchOrThrow(
  { dvc, remote }: DvcAccess,
  dvcArguments: readonly string[],
): Promise<void> {
  const { code, output } = await dvc(dvcArguments);
  if (code !== 0) throw new ExpectedFailure(explainTransfer('pull', remote, output));
}
