/** Who the processes of a container are: the caller's ids, so that nothing is ever root-owned. */
export interface User {
  readonly uid: number;
  readonly gid: number;
}
