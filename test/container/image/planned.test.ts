import { expect, test } from '@jest/globals';
import { buildsOnBase, choosesPlatform } from '../../../src/container/image/planned.ts';

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

test.each([
  ['FROM --platform=linux/amd64 debian\n', true],
  [`ARG BASE\nfrom --platform=$BUILDPLATFORM \${BASE}\n`, true],
  ['FROM debian\n', false],
  ['FROM debian\nRUN x --platform=y\n', false],
  ['FROM debian\n# FROM --platform=linux/amd64 debian\n', false],
])('choosesPlatform(%j) is %p', (dockerfile, expected) => {
  expect(choosesPlatform(dockerfile)).toBe(expected);
});
