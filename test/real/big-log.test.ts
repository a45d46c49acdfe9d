import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, expect, test } from '@jest/globals';
import Docker from 'dockerode';
import { ensureBusyboxImage } from '../rig/busybox-image.ts';
import { makeProject, removeProject, startSibling } from '../rig/stage-project.ts';

const roots: string[] = [];
beforeAll(() => ensureBusyboxImage(new Docker()));
afterEach(() => {
  for (const root of roots.splice(0)) removeProject(root);
});

/** Megabytes that a process had resident at most (VmHWM of proc(5)), as long as it lives. */
function peakMemory(pid: number): number {
  try {
    // One that has ended, and was not waited for yet, has no such line.
    const found = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return Number(found?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/** Runs a project with the one stage; gives how it ended and the launcher's peak memory. */
async function runLogging(script: string) {
  const root = makeProject({ stages: { loud: { script, entry: { outs: ['out'] } } } });
  roots.push(root);
  const running = startSibling(root, ['run'], { stdio: ['ignore', 'ignore', 'pipe'] });
  let ended = false;
  let peak = 0;
  void running.finished.finally(() => {
    ended = true;
  });
  while (!ended) {
    peak = Math.max(peak, peakMemory(running.pid));
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return { ...(await running.finished), root, peak };
}

test('300 MB of log pass through, and the launcher stays below 150 MB', async () => {
  const line = 'x'.repeat(99);
  const result = await runLogging(`yes ${line} | head -c 300000000; echo; echo last; touch out`);
  expect(result.code).toBe(0);
  expect(result.stderr.length).toBeGreaterThan(300_000_000);
  expect(result.stderr).toMatch(/\[loud\] last\n/);
  expect(result.peak).toBeGreaterThan(20);
  expect(result.peak).toBeLessThan(150);
}, 180_000);

test('a line of 100 MB is cut, and says by how much; the memory is bounded', async () => {
  const result = await runLogging('yes y | head -c 200000000 | tr -d "\\n"; touch out');
  expect(result.code).toBe(0);
  expect(result.stderr).toMatch(/\[loud\] y{16384} … \[\d{8,} more characters in this line\]/);
  expect(result.stderr.length).toBeLessThan(100_000);
  expect(result.peak).toBeLessThan(150);
}, 180_000);

test('bytes that are not UTF-8 are shown as such, and nothing else is lost', async () => {
  const result = await runLogging(
    "printf 'a\\377b \\303\\244\\n\\303'; sleep 1; printf '\\251\\n'; touch out",
  );
  expect(result.code).toBe(0);
  expect(result.stderr).toMatch(/\[loud\] a\uFFFDb ä\n\[loud\] é\n/);
  const log = join(result.root, '.sibling/runs');
  expect(existsSync(log) && statSync(log).isDirectory()).toBe(true);
});
