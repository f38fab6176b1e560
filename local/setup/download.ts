import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, rename, rm, stat } from "node:fs/promises";
import * as path from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import pRetry, { AbortError } from "p-retry";
import { EnvHttpProxyAgent, fetch } from "undici";

export interface Download {
  url: string;
  /** Where the verified file ends up. Its folder is made. */
  file: string;
  /** Expected content; a file that differs is thrown away and fetched once more. */
  sha256: string;
  /** Bytes of this file here so far, also those of an earlier try; goes down when a try starts again from zero. With
   * the bytes of the whole file, where the server says how many. */
  onReceived?: (bytes: number, totalBytes?: number) => void;
  /** Tries after the first one. Default 4, with growing pauses. */
  retries?: number;
  /** Pause before the first retry, in milliseconds. Default 500. */
  pause?: number;
}

/** Honours HTTPS_PROXY, HTTP_PROXY and NO_PROXY as npm, pip and Go do. Idle connections do not keep the process alive. */
const dispatcher = new EnvHttpProxyAgent({ connect: { timeout: 5_000 }, bodyTimeout: 30_000 });

/**
 * Downloads one file: to `<file>.part`, which an interrupted run continues, and under its own name only once the hash is right.
 * Rejects with a message that names the URL and the cause.
 */
export async function download(options: Download): Promise<void> {
  await mkdir(path.dirname(options.file), { recursive: true });
  await pRetry(() => attempt(options), {
    retries: options.retries ?? 4,
    minTimeout: options.pause ?? 500,
    maxTimeout: 5_000,
  });
}

/** One try. Fails with `AbortError` when another try could not end differently. */
async function attempt(options: Download): Promise<void> {
  const part = `${options.file}.part`;
  const hash = createHash("sha256");
  let received = await sizeOf(part);
  const headers: Record<string, string> = received > 0 ? { range: `bytes=${received}-` } : {};
  const response = await fetch(options.url, { headers, dispatcher }).catch((error: Error) => {
    throw new Error(`${options.url} cannot be reached: ${causeOf(error)}`);
  });
  if (response.status === 416) {
    await rm(part, { force: true });
    throw new Error(`${options.url} is shorter than what an earlier run left of it`);
  }
  if (!response.ok || !response.body) {
    const message = `${options.url} answered ${response.status} ${response.statusText}`.trim();
    const lasting = response.status >= 400 && response.status < 500 && ![408, 425, 429].includes(response.status);
    throw lasting ? new AbortError(message) : new Error(message);
  }
  if (response.status !== 206) received = 0;
  if (received > 0) for await (const chunk of createReadStream(part)) hash.update(chunk);
  // A compressed answer has the length of what travels.
  const length = response.headers.has("content-encoding") ? "" : response.headers.get("content-length");
  const totalBytes = length ? received + Number(length) : undefined;
  options.onReceived?.(received, totalBytes);

  const count = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      received += chunk.length;
      options.onReceived?.(received, totalBytes);
      done(null, chunk);
    },
  });
  const target = createWriteStream(part, { flags: response.status === 206 ? "a" : "w" });
  await pipeline(Readable.fromWeb(response.body), count, target).catch((error: Error) => {
    throw new Error(`${options.url} broke off after ${received} bytes: ${causeOf(error)}`);
  });
  const sha256 = hash.digest("hex");
  if (sha256 !== options.sha256) {
    await rm(part, { force: true });
    throw new Error(`${options.url} has SHA-256 ${sha256}, expected ${options.sha256}`);
  }
  await rename(part, options.file);
}

async function sizeOf(file: string): Promise<number> {
  return stat(file).then(
    (found) => found.size,
    () => 0,
  );
}

/** The text at `url`; one try. Rejects with a message that names the URL and the cause. */
export async function fetchText(url: string): Promise<string> {
  const response = await fetch(url, { dispatcher, signal: AbortSignal.timeout(15_000) }).catch((error: Error) => {
    throw new Error(`${url} cannot be reached: ${causeOf(error)}`);
  });
  if (!response.ok) throw new Error(`${url} answered ${response.status} ${response.statusText}`.trim());
  return response.text();
}

/** `fetch` hides what happened ("fetch failed") in the cause. */
export function causeOf(error: Error): string {
  return error.cause instanceof Error ? causeOf(error.cause) || error.message : error.message;
}
