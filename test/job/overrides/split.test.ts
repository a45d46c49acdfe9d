import { describe, expect, test } from '@jest/globals';
import { ExpectedFailure } from '../../../src/errors.ts';
import { overriddenFile, overriddenFiles } from '../../../src/job/overrides/overridden-file.ts';
import { splitOverrides } from '../../../src/job/overrides/split.ts';
import { projectFolder } from '../../dvc/project-folder.ts';

function refusal(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof ExpectedFailure) return `${error.failure.cause}. ${error.failure.hint}`;
  }
  throw new Error('not refused');
}

describe('a text of several overrides', () => {
  test.each<[string, string[]]>([
    ['', []],
    [' ,\n', []],
    ['a=1', ['a=1']],
    ['a=1,b=2 c=3\nd=4\r\n, e=5,', ['a=1', 'b=2', 'c=3', 'd=4', 'e=5']],
    ['layers=[128, 64],resume=null', ['layers=[128, 64]', 'resume=null']],
    ['name="a, b" other=\'c, d\'', ['name="a, b"', "other='c, d'"]],
    ['m={a: [1, {b: "}"}], c: x} n=1', ['m={a: [1, {b: "}"}], c: x}', 'n=1']],
    ['a="\\", b" c=1', ['a="\\", b"', 'c=1']],
    ['a=x\\,y\\ z,b=1', ['a=x\\,y\\ z', 'b=1']],
    [
      '~gone +new=1 ++any=2 ~a=1 conf.toml:~b',
      ['~gone', '+new=1', '++any=2', '~a=1', 'conf.toml:~b'],
    ],
    ['a= b=', ['a=', 'b=']],
  ])('%j', (text, words) => {
    expect(splitOverrides(text)).toEqual(words);
  });

  test.each([
    ['a=1,2', /"2" is not a key and a value.*quotes/],
    ['a = 1', /"a" is not a key/],
    ['name=hello world', /"world" is not a key/],
    ['a=[1, b=2', /"a=\[1, b=2" has no closing \]/],
    ['a="b', /"a=\\"b" has no closing "/],
    ["name=it's", /has no closing '/],
    ['=1', /is not a key/],
    ['~', /is not a key/],
  ])('%j is refused by name', (text, expected) => {
    expect(refusal(() => splitOverrides(text))).toMatch(expected);
  });
});

describe('the file of an override', () => {
  test.each([
    ['a=1', 'params.yaml'],
    ['a=b:c', 'params.yaml'],
    ['./conf//p.json:a=1', 'conf/p.json'],
    ['p.toml:~a', 'p.toml'],
  ])('%s: %s', (override, file) => {
    expect(overriddenFile(override)).toBe(file);
  });

  const root = () =>
    projectFolder({
      'dvc.yaml': 'stages: {}\n',
      'params.yaml': 'a: 1\n',
      'conf/p.json': '{}',
      '.dvc/config': '',
    });
  test.each([
    ['conf/q.json:a=1', /for conf\/q\.json, which is not there\. Did you mean conf\/p\.json\?/],
    ['+params.yaml:b=1', /Did you mean params\.yaml:\+\?/],
    ['../p.json:a=1', /not in the project/],
    ['/etc/hosts:a=1', /not in the project/],
    ['dvc.yaml:stages=1', /no params file/],
    ['dvc.lock:a=1', /no params file/],
    ['.dvc/config:a=1', /no params file/],
    ['conf:a=1', /not there/],
    [':a=1', /without a name/],
  ])('%s is refused', (override, expected) => {
    expect(refusal(() => overriddenFiles(root(), ['a=1', override]))).toMatch(expected);
  });

  test('each file once', () => {
    expect(overriddenFiles(root(), ['a=1', 'conf/p.json:a=1', './params.yaml:b=1'])).toEqual([
      'params.yaml',
      'conf/p.json',
    ]);
  });
});
