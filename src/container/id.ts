/** Whether a host name is what an engine gives a container: the start of its id. */
export function isContainerId(host: string): boolean {
  return /^[0-9a-f]{12}$/.test(host);
}
