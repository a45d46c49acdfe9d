import type { Pipeline } from './pipeline.ts';

/** The graph as a Mermaid flowchart; names are quoted, for they may hold `@`, `/` and `:`. */
export function mermaidGraph(pipeline: Pipeline): string {
  const ids = new Map(pipeline.stages.map(({ address }, index) => [address, `s${index}`]));
  const lines = ['flowchart LR'];
  for (const [address, id] of ids) lines.push(`  ${id}["${address.replaceAll('"', '#quot;')}"]`);
  for (const [address, id] of ids) {
    for (const producer of pipeline.upstream.get(address) ?? []) {
      lines.push(`  ${ids.get(producer)} --> ${id}`);
    }
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
