import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { scalarValue } from '../../src/metrics/value.ts';
import type { MlflowClient } from '../../src/mlflow/client.ts';
import { metricsTag, metricsText, versionMetrics } from '../../src/promotion/version-metrics.ts';

/** A server that has one run with one metric. */
const client: MlflowClient = {
  server: { uri: 'http://127.0.0.1' },
  get: async () => ({ run: { data: { metrics: [{ key: 'accuracy', value: 0.5 }] } } }),
  send: () => Promise.reject(new Error('nothing is sent')),
  uninterrupted: () => client,
};
const version = (tag?: string, run: string | undefined = 'r') => ({
  number: 1,
  created: 0,
  run,
  oldStage: undefined,
  tags: new Map(tag === undefined ? [] : [[metricsTag, tag]]),
});

describe('the metrics of a version', () => {
  test.each([
    ['are those of its run', version(), { accuracy: 0.5 }],
    ['are none without a run', version(undefined, ''), {}],
    ['are those that it was promoted with', version('{"accuracy": 0.7}'), { accuracy: 0.7 }],
    ['are those of its run if the tag is not ours', version('see the wiki'), { accuracy: 0.5 }],
    ['are those of its run if the tag is a number', version('7'), { accuracy: 0.5 }],
    ['are those of its run if the tag is a list', version('[]'), { accuracy: 0.5 }],
    ['are without what is no number', version('{"a": "", "b": null, "c": 1}'), { c: 1 }],
  ])('%s', async (_, given, expected) => {
    const { values: found } = await versionMetrics(client, {
      ...given,
      run: given.run || undefined,
    });
    const plain = [...found].map(([key, value]) => [key, 'value' in value && value.value]);
    expect(Object.fromEntries(plain)).toEqual(expected);
  });

  test('come back from a tag as they were, NaN and the infinities too', async () => {
    const values = fc.dictionary(
      fc.string({ maxLength: 20 }).filter((key) => key !== '__proto__'),
      fc.double(),
      { maxKeys: 10 },
    );
    await fc.assert(
      fc.asyncProperty(values, async (numbers) => {
        const written = new Map(
          Object.entries(numbers).map(([key, value]) => [
            key,
            scalarValue(value === 0 ? 0 : value),
          ]),
        );
        const text = metricsText(written);
        if (written.size === 0) return expect(text).toBeUndefined();
        expect(await versionMetrics(client, version(text))).toEqual({
          values: written,
          isComplete: true,
        });
      }),
    );
  });

  test('that are too many for a tag are left to the run', () => {
    const many = Array.from(
      { length: 500 },
      (_, index) => [`metric_${index}`, scalarValue(index)] as const,
    );
    expect(metricsText(new Map(many))).toBeUndefined();
  });
});
