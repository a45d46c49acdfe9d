import { expect, test } from '@jest/globals';
import { buildsOnBase } from '../../src/container/image.ts';

test.each([
  [`ARG BASE=x\nFROM \${BASE}\n`, true],
  ['ARG BASE\nfrom $BASE\n', true],
  [`FROM node AS tools\nFROM --platform=linux/amd64 \${BASE:-x} AS last`, true],
  [`FROM debian\n# FROM \${BASE}\n`, false],
  [`FROM \${BASE_OF_OURS}\n`, false],
  ['FROM $BASEMENT\n', false],
  [`FROM debian\nRUN echo FROM \${BASE}\n`, false],
])('buildsOnBase(%j) is %p', (dockerfile, expected) => {
  expect(buildsOnBase(dockerfile)).toBe(expected);
});
