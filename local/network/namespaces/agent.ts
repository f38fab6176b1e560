import { type ChildProcess, spawn } from "node:child_process";
import type * as dgram from "node:dgram";
import { once } from "node:events";
import type * as net from "node:net";
import * as path from "node:path";

type Operation = "listen" | "bind" | "connect";

interface Answer {
  id: number;
  error?: { message: string; code?: string };
}

/** A process in a namespace that makes sockets there for this one; see `agent.cjs`. It ends with this process. */
export class Agent {
  private child: Promise<ChildProcess> | undefined;
  private readonly waiting = new Map<number, (answer: Answer, handle: unknown) => void>();
  private last = 0;

  /** @param enter makes a command line one that runs inside the namespace. */
  constructor(private readonly enter: (command: readonly string[]) => string[]) {}

  listen(host: string, port: number): Promise<net.Server> {
    return this.ask<net.Server>("listen", host, port);
  }

  bind(host: string, port: number): Promise<dgram.Socket> {
    return this.ask<dgram.Socket>("bind", host, port);
  }

  connect(host: string, port: number): Promise<net.Socket> {
    return this.ask<net.Socket>("connect", host, port);
  }

  async close(): Promise<void> {
    const child = await this.child?.catch(() => undefined);
    this.child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.disconnect();
    await gone;
  }

  private async ask<T>(operation: Operation, host: string, port: number): Promise<T> {
    this.child ??= this.start();
    const child = await this.child;
    const id = ++this.last;
    return new Promise<T>((resolve, reject) => {
      this.waiting.set(id, ({ error }, handle) => {
        this.waiting.delete(id);
        if (error) reject(Object.assign(new Error(error.message), { code: error.code }));
        else resolve(handle as T);
      });
      child.send({ id, operation, host, port });
    });
  }

  private async start(): Promise<ChildProcess> {
    const [program = "", ...args] = this.enter([process.execPath, path.join(__dirname, "agent.cjs")]);
    const child = spawn(program, args, { stdio: ["ignore", "ignore", "pipe", "ipc"], env: {} });
    let complaint = "";
    child.stderr?.on("data", (data: Buffer) => {
      complaint += data.toString();
    });
    child.on("message", (answer: Answer, handle) => this.waiting.get(answer.id)?.(answer, handle));
    child.once("exit", () => {
      this.child = undefined;
      for (const answer of this.waiting.values()) {
        answer({ id: 0, error: { message: `The process in the namespace has ended. ${complaint}`.trim() } }, undefined);
      }
    });
    await new Promise<void>((resolve, reject) => {
      child.once("message", () => resolve());
      child.once("error", reject);
      child.once("exit", (code) =>
        reject(new Error(`No process could be started in the namespace (${code}). ${complaint}`)),
      );
    });
    return child;
  }
}
