/** What setTimeout can count to, in milliseconds (24.8 days): it takes more for 1. */
const longestTimer = 2 ** 31 - 1;

/** Calls `act` once after `milliseconds`, however many; the function that is given back cancels it. */
export function afterTimeout(milliseconds: number, act: () => void): () => void {
  let timer: NodeJS.Timeout;
  const arm = (left: number) => {
    const step = Math.min(left, longestTimer);
    timer = setTimeout(() => (left > step ? arm(left - step) : act()), step);
  };
  arm(milliseconds);
  return () => clearTimeout(timer);
}
