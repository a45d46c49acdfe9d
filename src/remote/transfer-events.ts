/** An object that a transfer is about, by the path that a person knows it by. */
export interface NamedObject {
  readonly path: string;
  /** In bytes, where it is known. */
  readonly size?: number;
}

/** How much has been sent or fetched. */
export interface TransferProgress {
  readonly files: number;
  readonly ofFiles: number;
  readonly bytes: number;
  /** Absent when one size is unknown. */
  readonly ofBytes?: number;
}

/** What dvc-runner/events/transfer.py tells of a push or pull. Lists are cut, counts are not. */
export type TransferEvent =
  | ({ readonly type: 'progress' } & TransferProgress)
  /** These could not be sent or fetched. */
  | {
      readonly type: 'failed';
      readonly count: number;
      readonly objects: readonly (NamedObject & { readonly why: string })[];
    }
  /** The remote has not got these; `here` says how many this machine has. */
  | {
      readonly type: 'lacking';
      readonly count: number;
      readonly here: number;
      readonly objects: readonly (NamedObject & { readonly here: boolean })[];
    }
  /** The remote was asked and has these objects; `unasked` cannot be asked for. */
  | { readonly type: 'verified'; readonly objects: number; readonly unasked: number }
  /** All ended at once, before or between the objects. */
  | { readonly type: 'broken'; readonly why: string };

/** What a transfer told of its failure. */
export interface TransferTrouble {
  readonly failed?: Extract<TransferEvent, { type: 'failed' }>;
  readonly lacking?: Extract<TransferEvent, { type: 'lacking' }>;
  readonly broken?: Extract<TransferEvent, { type: 'broken' }>;
}
