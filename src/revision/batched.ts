/** What all keys of a batch came to. */
export type Answers<Answer> = (key: string) => Answer | Promise<Answer>;

/** Collects the keys that are asked for in one turn of the event loop, and has all answered at once. */
export function batched<Answer>(
  answerAll: (keys: readonly string[]) => Promise<Answers<Answer>>,
): (key: string) => Promise<Answer> {
  let open: { readonly keys: Set<string>; readonly answers: Promise<Answers<Answer>> } | undefined;
  return async (key) => {
    if (!open) {
      const keys = new Set<string>();
      const answers = new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
        open = undefined;
        return answerAll([...keys]);
      });
      open = { keys, answers };
    }
    open.keys.add(key);
    return (await open.answers)(key);
  };
}
