import type { IncomingMessage, ServerResponse } from 'node:http';

/** Why a request is refused. */
export interface Refusal {
  readonly status: number;
  readonly message: string;
  /** The service's own name for it, for example S3's `NoSuchBucket`. */
  readonly code?: string;
}

/** One of the services behind a stand-in's address. */
export interface Service {
  readonly name: string;
  /** Whether the path (with its query) belongs to this service. */
  owns(path: string): boolean;
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Answers an error in the service's own format. */
  refuse(request: IncomingMessage, response: ServerResponse, refusal: Refusal): void;
}
