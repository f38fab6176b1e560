import { existsSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * What a JVM's live objects take, MB: the heap in use right after a full collection. What a process has in memory says
 * little of it, since a heap grows towards its limit before it is worth the collector's while.
 */
export async function liveHeapMb(pid: number): Promise<number> {
  await diagnose(pid, "GC.run");
  const info = await diagnose(pid, "GC.heap_info");
  const used = [...info.matchAll(/(?:new generation|tenured generation|Metaspace)\s.*?used (\d+)K/g)];
  if (used.length !== 3) throw new Error(`Not understood of process ${pid}: ${info}`);
  return used.reduce((sum, [, kilobytes]) => sum + Number(kilobytes), 0) / 1024;
}

/** Removes what a JVM that ended without a word has left of its conversations. */
export function forget(pid: number): void {
  for (const name of [".java_pid", ".attach_pid"]) rmSync(`/tmp/${name}${pid}`, { force: true });
}

/** Runs a command of `jcmd`, which a Java runtime without development tools lacks, by the JVM's own socket. */
async function diagnose(pid: number, command: string): Promise<string> {
  const socket = `/tmp/.java_pid${pid}`;
  if (!existsSync(socket)) await invite(pid, socket);
  return new Promise((resolve, reject) => {
    let answer = "";
    const connection = connect(socket, () => connection.write(`1\0jcmd\0${command}\0\0\0`));
    connection.setEncoding("utf8");
    connection.on("data", (data) => {
      answer += data;
    });
    connection.on("end", () => resolve(answer));
    connection.on("error", reject);
  });
}

/** A JVM opens its socket when it finds this file as it gets SIGQUIT; without the file it would print its threads. */
async function invite(pid: number, socket: string): Promise<void> {
  const invitation = `/tmp/.attach_pid${pid}`;
  writeFileSync(invitation, "", { mode: 0o600 });
  try {
    process.kill(pid, "SIGQUIT");
    for (let tries = 0; !existsSync(socket); tries++) {
      if (tries > 500) throw new Error(`Process ${pid} opens no socket to be asked by`);
      await sleep(20);
    }
  } finally {
    rmSync(invitation, { force: true });
  }
}
