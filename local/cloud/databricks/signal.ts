/** Lets code wait until state that others change meets a condition, without polling. */
export class Signal {
  private readonly waiting = new Set<() => void>();

  /** Call after every change. */
  notify(): void {
    for (const check of [...this.waiting]) check();
  }

  /** Resolves with the first value of `check` that is not undefined; rejects when `check` throws or `abort` fires. */
  until<T>(check: () => T | undefined, abort?: AbortSignal): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const settle = (act: () => void) => {
        this.waiting.delete(attempt);
        abort?.removeEventListener("abort", aborted);
        act();
      };
      const aborted = () => settle(() => reject(abort?.reason));
      const attempt = () => {
        try {
          const value = check();
          if (value !== undefined) settle(() => resolve(value));
        } catch (error) {
          settle(() => reject(error));
        }
      };
      if (abort?.aborted) return reject(abort.reason);
      abort?.addEventListener("abort", aborted, { once: true });
      this.waiting.add(attempt);
      attempt();
    });
  }
}
