import { isList, isMap, Opaque, type Value } from '../../dvc/value.ts';

/** Whether two values are the same and of the same types: 5 is not 5.0, NaN is NaN. */
export function identical(left: Value, right: Value): boolean {
  if (isList(left)) {
    return (
      isList(right) &&
      left.length === right.length &&
      left.every((item, at) => identical(item, right[at] as Value))
    );
  }
  if (isMap(left)) {
    if (!isMap(right) || left.size !== right.size) return false;
    const others = [...right];
    return [...left].every(([key, value], at) => {
      const [otherKey = null, otherValue = null] = others[at] ?? [];
      return identical(key, otherKey) && identical(value, otherValue);
    });
  }
  if (left instanceof Opaque) {
    return right instanceof Opaque && left.what === right.what && left.text === right.text;
  }
  return Object.is(left, right);
}
