import { stringify } from 'yaml';
import type { Stage } from '../../dvc/pipeline.ts';
import { commandLines } from './lines.ts';
import { exampleLine, type LineTexts, mendedLine } from './mend-line.ts';

/** Whether a line may stay as it is. */
type IsFine = (line: string) => boolean;

/**
 * A stage's whole `cmd` as YAML to paste over what dvc.yaml has, in two spaces: each line that is not
 * fine is mended, the others stay as they are written. Undefined where no text can be told for the
 * line `index`.
 */
export function mendedCommand(stage: Stage, index: number, isFine: IsFine): string | undefined {
  const texts = lineTexts(stage);
  if (texts === undefined) return undefined;
  const mended = texts.map((each) => (isFine(each.line) ? each.written : mendedLine(stage, each)));
  if (mended[index] === undefined) return undefined;
  // What cannot be mended is refused by itself the next time.
  return commandYaml(
    stage,
    mended.map((text, at) => text ?? texts[at]?.written ?? ''),
  );
}

/** `cmd` of these lines as YAML, in the form that the stage's has, in two spaces. */
export function commandYaml(
  { isCmdList }: Pick<Stage, 'isCmdList'>,
  lines: readonly string[],
): string {
  const [only = ''] = lines;
  const isText = !isCmdList && lines.length > 1;
  const text = lines.length > 1 ? `${lines.join('\n')}\n` : only;
  // Our reader leaves a tab without quotes to DVC.
  const hasTab = lines.some((line) => line.includes('\t'));
  const quoted = { defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN' } as const;
  const yaml = stringify(
    { cmd: isCmdList ? lines : text },
    {
      ...{ lineWidth: 0, blockQuote: isText && !hasTab ? 'literal' : false },
      ...(hasTab && quoted),
    },
  );
  return yaml.trimEnd().replace(/^(?=.)/gm, '  ');
}

/** Undefined where one reference stands for several lines, of which another item has others. */
function lineTexts(stage: Stage): readonly LineTexts[] | undefined {
  const lines = commandLines(stage);
  const { writtenCmd: cmd = stage.cmd, isCmdList } = stage;
  const written = commandLines({ cmd, isCmdList });
  if (written.length !== lines.length) return undefined;
  return lines.map((line, at) => ({ line, written: written[at] ?? line }));
}

/** For a line that does not say what runs in the container, with a word in its place. */
export function exampleCommand(stage: Stage, index: number): string | undefined {
  const written = lineTexts(stage)?.[index]?.written;
  const call = written === undefined ? undefined : exampleLine(stage, written);
  return call === undefined ? undefined : commandYaml({ isCmdList: false }, [call]);
}
