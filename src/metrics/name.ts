/**
 * What a person calls a metric. One whose file holds nothing else, such as `0.93`, has no key (DVC's
 * table leaves its name empty): it goes by its file.
 */
export function metricName(file: string, key: string): string {
  return key === '' ? file : key;
}
