import type { Pipeline } from './pipeline.ts';

/** What became of a stage, and how Mermaid shows it in light and in dark. */
const outcomeStyles = {
  ran: 'stroke:#1a7f37,stroke-width:3px',
  cached: 'stroke:#0969da,stroke-width:3px',
  unchanged: 'stroke:#818b98',
  failed: 'stroke:#cf222e,stroke-width:4px',
  skipped: 'stroke:#818b98,stroke-dasharray:4',
} as const;

/**
 * The graph as a Mermaid flowchart; names are quoted, for they may hold `@`, `/` and `:`. With
 * outcomes each stage says and shows its own.
 */
export function mermaidGraph(
  pipeline: Pipeline,
  outcomes: ReadonlyMap<string, keyof typeof outcomeStyles> = new Map(),
): string {
  const ids = new Map(pipeline.stages.map(({ address }, index) => [address, `s${index}`]));
  const lines = ['flowchart LR'];
  for (const [address, id] of ids) {
    const outcome = outcomes.get(address);
    const word = outcome === undefined ? '' : `<br>${outcome}`;
    const name = address.replace(/["`<>&#\n]/g, (character) => `#${character.charCodeAt(0)};`);
    lines.push(`  ${id}["${name}${word}"]${outcome === undefined ? '' : `:::${outcome}`}`);
  }
  for (const [address, id] of ids) {
    for (const producer of pipeline.upstream.get(address) ?? []) {
      lines.push(`  ${ids.get(producer)} --> ${id}`);
    }
  }
  for (const outcome of new Set(outcomes.values())) {
    lines.push(`  classDef ${outcome} ${outcomeStyles[outcome]}`);
  }
  return `${lines.join('\n')}\n`;
}

/** The graph in the language of Graphviz. */
export function dotGraph(pipeline: Pipeline): string {
  const quoted = (name: string) => `"${name.replace(/["\\]/g, '\\$&')}"`;
  const lines = ['digraph pipeline {', '  rankdir = LR;', '  node [shape = box];'];
  for (const { address } of pipeline.stages) lines.push(`  ${quoted(address)};`);
  for (const { address } of pipeline.stages) {
    for (const producer of pipeline.upstream.get(address) ?? []) {
      lines.push(`  ${quoted(producer)} -> ${quoted(address)};`);
    }
  }
  return `${lines.join('\n')}\n}\n`;
}
