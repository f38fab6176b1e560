import type { Known } from "./model";

/** Longer than any part takes that answers at all, ms: what hangs must not hold up the rest of the page. */
const deadlineMs = 8_000;

export const known = <T>(value: T): Known<T> => ({ known: true, value });
export const unknown = (reason: string): Known<never> => ({ known: false, reason });

/** What `work` comes to, or why it is not known. Never rejects, and never takes longer than the deadline. */
export async function find<T>(work: () => Promise<T>, deadline = deadlineMs): Promise<Known<T>> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Known<T>>((resolve) => {
    timer = setTimeout(() => resolve(unknown(`no answer within ${deadline / 1000} s`)), deadline);
  });
  const found = (async () => known(await work()))().catch((error: Error) => unknown(error.message));
  try {
    return await Promise.race([found, late]);
  } finally {
    clearTimeout(timer);
  }
}
