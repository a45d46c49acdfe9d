/** Whether output to `stream` may carry colours: FORCE_COLOR and NO_COLOR decide, else the terminal. */
export function colourAllowed(env: NodeJS.ProcessEnv, stream: { isTTY?: boolean }): boolean {
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false';
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return false;
  return stream.isTTY === true && env.TERM !== 'dumb';
}

/** Wraps text in terminal colours, or leaves it as it is. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
  /** A colour that is always the same for the same name. */
  named(name: string, text: string): string;
}

const namedColours = [36, 35, 34, 33, 32, 96, 95, 94];

export function style(colour: boolean): Style {
  const wrap = (on: number, off: number) => (text: string) =>
    colour ? `\x1b[${on}m${text}\x1b[${off}m` : text;
  return {
    bold: wrap(1, 22),
    dim: wrap(2, 22),
    red: wrap(31, 39),
    green: wrap(32, 39),
    yellow: wrap(33, 39),
    named: (name, text) => {
      const sum = [...name].reduce((total, letter) => total + (letter.codePointAt(0) ?? 0), 0);
      return wrap(namedColours[sum % namedColours.length] ?? 36, 39)(text);
    },
  };
}

/** Text without terminal colours. */
export function stripColour(text: string): string {
  return text.replaceAll(new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g'), '');
}
