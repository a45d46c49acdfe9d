/**
 * A number for a person: an integer whole, anything else to so many significant digits without
 * trailing zeros, very small and very large ones with an exponent (3e-6 is not 0).
 */
export function numberText(value: number, digits = 4): string {
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 1e15) return String(value);
  const shortest = exactText(value);
  const text = roundedText(value, size, Math.min(17, digits));
  return shortest.length <= text.length ? shortest : text;
}

function roundedText(value: number, size: number, digits: number): string {
  if (size < 1e-4 || size >= 1e15) {
    return value.toExponential(digits - 1).replace(/\.?0*e\+?/, 'e');
  }
  const whole = Math.floor(Math.log10(size)) + 1;
  const text = value.toPrecision(Math.max(digits, whole));
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

/** The fewest digits that read back as the same double. */
function exactText(value: number): string {
  return String(value).replace('e+', 'e');
}

/** Texts of several numbers, with as many digits as it takes for different ones to look different. */
export function distinctTexts(values: readonly number[], digits = 4): string[] {
  const different = new Set(values).size;
  for (let precision = digits; precision < 17; precision++) {
    const texts = values.map((value) => numberText(value, precision));
    if (new Set(texts).size === different) return texts;
  }
  return values.map(exactText);
}

/** A difference, always with its sign: `+0.034`. */
export function differenceText(value: number): string {
  return `${value > 0 ? '+' : ''}${numberText(value, 3)}`;
}

/** A fraction as per cent with its sign: `+3.6 %`, `-0.021 %`, `+250 %`. */
export function percentText(fraction: number): string {
  const percent = fraction * 100;
  const size = Math.abs(percent);
  const digits = size >= 100 ? 3 : size >= 1 ? Math.floor(Math.log10(size)) + 2 : 2;
  const text =
    size >= 100 && size < 1e15 ? String(Math.round(percent)) : numberText(percent, digits);
  return `${percent > 0 ? '+' : ''}${text}\u00a0%`;
}
