/** A plot as images, or why there are none. */
export interface DrawnPlot {
  /** Its path or name, as dvc.yaml has it. */
  readonly id: string;
  readonly title: string;
  readonly images: readonly PlotImage[];
  readonly problem?: string;
}

export interface PlotImage {
  /** Undefined when one image shows both revisions. */
  readonly side?: 'before' | 'after';
  /** Media type, for example `image/svg+xml`. */
  readonly type: string;
  readonly content: Uint8Array;
}
