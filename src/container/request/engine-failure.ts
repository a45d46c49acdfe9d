import { ExpectedFailure, type Failure } from '../../errors.ts';

/** The engine answered that it does not do what it was asked. */
export class EngineRefusal extends ExpectedFailure {
  /** Of its HTTP answer; 200 for a refusal that came in the middle of a streamed answer. */
  readonly statusCode: number;
  /** The engine's own words, without a full stop. */
  readonly said: string;

  constructor(statusCode: number, said: string, failure: Failure) {
    super(failure);
    this.statusCode = statusCode;
    this.said = said;
  }
}

/** No whole answer came: the connection was refused or cut, or nothing came in time. */
export class EngineLost extends ExpectedFailure {
  /** Of the system's error: ECONNRESET, ENOENT, ETIMEDOUT … */
  readonly code: string;

  constructor(code: string, failure: Failure, cause: unknown) {
    super(failure, { cause });
    this.code = code;
  }
}

/** What the engine or the registry behind it said, without our sentence around it. */
export function saidBy(error: unknown): string {
  if (error instanceof EngineRefusal) return error.said;
  return (error instanceof Error ? error.message : String(error)).trim();
}

/** The status of the engine's answer when that was a refusal; undefined for any other error. */
export function refusedWith(error: unknown): number | undefined {
  return error instanceof EngineRefusal ? error.statusCode : undefined;
}
