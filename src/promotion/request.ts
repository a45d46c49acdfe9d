import type { MetricGate } from '../metrics/gates.ts';
import type { ReadFile } from '../metrics/read.ts';
import type { MlflowClient } from '../mlflow/client.ts';
import type { ModelVersion } from '../mlflow/registry.ts';

/** Who asked for a promotion, and where. */
export interface Reasons {
  readonly by: string;
  /** The page of the workflow run. */
  readonly run_url?: string;
  /** Why a broken gate shall not count. */
  readonly override?: string;
}

/** What is to be promoted, to where, and what is known of it. */
export interface PromotionRequest {
  readonly client: MlflowClient;
  readonly model: string;
  readonly alias: string;
  /** Undefined where the model of dvc.lock has to be registered first. */
  readonly version: ModelVersion | undefined;
  readonly register: () => Promise<ModelVersion>;
  /** The candidate's metrics; those that the server has when undefined. */
  readonly metrics: readonly ReadFile[] | undefined;
  readonly gates: readonly MetricGate[];
  /** The commit whose dvc.lock has the model, for `sibling reproduce`. */
  readonly lockCommit: string | undefined;
  readonly reasons: Reasons;
  readonly dryRun: boolean;
  readonly signal?: AbortSignal;
}
