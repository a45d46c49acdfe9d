import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { cutMarkdown, fittedSummary } from '../../../src/job/results/step-summary.ts';

const mebibyte = 1_048_576;
const rows = (text: string, count: number) => (most: number) =>
  Array.from({ length: count }, () => text)
    .join('\n')
    .slice(0, most);

describe('a summary', () => {
  test.each([
    ['of Latin letters', rows('a'.repeat(99), 15_000)],
    ['of Chinese signs', rows('模型参数'.repeat(20), 15_000)],
    ['of signs that are two units each', rows('🟰'.repeat(50), 15_000)],
    ['that cannot be shorter', () => rows('模'.repeat(99), 15_000)(1e9)],
  ])('%s has at most 1 MiB, and not much less', (_, render) => {
    const text = fittedSummary(render, 'x\n'.repeat(300_000));
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(mebibyte);
    expect(Buffer.byteLength(text)).toBeGreaterThan(mebibyte * 0.9);
  });

  test('that is short is whole', () => {
    expect(fittedSummary(() => 'one', 'two')).toBe('one\n\ntwo');
  });

  test('that is cut in a code block ends it', () => {
    const text = `a\n\`\`\`\`text\n${'line\n```\n'.repeat(50)}\`\`\`\`\nend\n`;
    const cut = cutMarkdown(text, 200);
    expect(cut).toMatch(/\n````\n\n… the rest is too long for a summary\.\n$/);
    expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(200);
  });

  test('of any text fits', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(fc.constantFrom('```', '````', '```text'), fc.string({ unit: 'binary' })),
        ),
        fc.integer({ min: 100, max: 400 }),
        (lines, most) => {
          const text = lines.join('\n');
          expect(Buffer.byteLength(cutMarkdown(text, most))).toBeLessThanOrEqual(most);
          expect(Buffer.byteLength(fittedSummary(() => text, text, most * 4))).toBeLessThanOrEqual(
            most * 4,
          );
        },
      ),
    );
  });
});
