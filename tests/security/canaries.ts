import { randomBytes } from "node:crypto";
import { describeProcess, processIds } from "../local/processes";

/** A secret made for one test run: its value, and the pieces by which a trace of it is recognised. */
export interface Canary {
  value: string;
  /** Texts that no output, file or command line may hold: each is enough to say that the secret leaked. */
  traces: string[];
}

/** A text that is nowhere else in the world, and that no password rule objects to. */
export function unique(): string {
  return randomBytes(12).toString("hex");
}

/** Of a secret that is one line. Services and tools write secrets in Base64 too: alone, or after a user's name. */
export function canary(value: string, users: readonly string[] = []): Canary {
  const encoded = [value, ...users.map((user) => `${user}:${value}`)].map((text) => {
    // The last characters depend on what follows.
    return Buffer.from(text).toString("base64").replace(/=*$/, "").slice(0, -2);
  });
  return { value, traces: [value, ...encoded] };
}

/** Of a key in PEM form, recognised by the line that nearest to its end holds only secret bytes. */
export function pemCanary(value: string): Canary {
  const line = value.split("\n").findLast((one) => /^[\w+/=]{20,}$/.test(one));
  if (!line) throw new Error("The key has no line of Base64.");
  return { value, traces: [line] };
}

/** The traces of some secrets that a text holds, as `name: number of the trace`. */
export function found(text: string | Buffer, canaries: Record<string, Canary>): string[] {
  return Object.entries(canaries).flatMap(([name, { traces }]) =>
    traces.flatMap((trace, index) => (text.includes(trace) ? [`${name}: ${index}`] : [])),
  );
}

/** Looks at the command lines of all processes, as any user of the machine can, until it is stopped. */
export class CommandLines {
  private readonly seen = new Set<string>();
  private readonly timer = setInterval(() => this.look(), 20);

  private look(): void {
    for (const pid of processIds()) this.seen.add(describeProcess(pid));
  }

  /** Ends looking, and gives the command lines that were seen. */
  stop(): string[] {
    clearInterval(this.timer);
    return [...this.seen];
  }
}
