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

/** The graph as text: stages in running order, each with what it waits for. */
export function textGraph(pipeline: Pipeline): string {
  const lines = pipeline.stages.map(({ address }) => {
    const producers = pipeline.upstream.get(address) ?? [];
    return producers.length > 0 ? `${address}  ← ${producers.join(', ')}` : address;
  });
  return `${lines.join('\n')}\n`;
}
