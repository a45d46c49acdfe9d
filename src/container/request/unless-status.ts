import { refusedWith } from './engine-failure.ts';

/** Undefined when the engine answers with that status; any other failure passes through. */
export async function unlessStatus<T>(status: number, work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (refusedWith(error) === status) return undefined;
    throw error;
  }
}

/** Undefined when the engine does not know what it is asked about. */
export function unlessGone<T>(work: Promise<T>): Promise<T | undefined> {
  return unlessStatus(404, work);
}
