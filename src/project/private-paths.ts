/**
 * What no stage writes, and what reaches one as a dep only when it is named itself, not because a
 * folder above it is, nor by a link.
 */
export const privatePaths = ['.env', '.git', '.dvc', '.sibling'];
