export type Tone = 'good' | 'bad' | 'warning' | 'neutral';

/**
 * How a report's words become Markdown, HTML or terminal text. Everything from files goes through
 * `quote` or `cell`, which make it harmless; all other arguments are words of ours, or were made by
 * this format.
 */
export interface Format {
  /** Untrusted text within words. */
  quote(untrusted: string, maxLength?: number): string;
  /** Untrusted text within a table's cell. */
  cell(untrusted: string, maxLength?: number): string;
  muted(words: string): string;
  strong(words: string): string;
  /** A state with its sign, which differs in shape as well as in colour. */
  state(tone: Tone, sign: string, words: string): string;
  link(words: string, address: string): string;
  /** The last `numbers` columns hold numbers. */
  table(columns: readonly string[], rows: readonly (readonly string[])[], numbers: number): string;
}
