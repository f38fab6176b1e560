import { createHash, randomBytes } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { describe, expect, it } from "vitest";
import { download } from "../../../local/setup/download";
import { closedPort, serve, temporaryFolder } from "./loopback";

const content = randomBytes(200_000);
const sha256 = createHash("sha256").update(content).digest("hex");

describe("download", () => {
  it("puts the file in place, in a folder it makes, and tells how far it is", async () => {
    const { url } = await serve((_, __, response) => response.end(content));
    const file = path.join(await temporaryFolder(), "a", "b.jar");
    const seen: number[] = [];
    await download({ url, file, sha256, onReceived: (bytes) => seen.push(bytes) });
    expect(readFileSync(file).equals(content)).toBe(true);
    expect(seen.at(-1)).toBe(content.length);
    expect(readdirSync(path.dirname(file))).toEqual(["b.jar"]);
  });

  it("continues what a broken connection left", async () => {
    let tries = 0;
    const { url, requests } = await serve((_, request, response) => {
      const from = Number(request.headers.range?.match(/\d+/)?.[0] ?? 0);
      response.writeHead(from ? 206 : 200, { "content-length": content.length - from });
      if (tries++ === 0) response.write(content.subarray(0, 50_000), () => setTimeout(() => response.destroy(), 50));
      else response.end(content.subarray(from));
    });
    const file = path.join(await temporaryFolder(), "x");
    await download({ url, file, sha256, pause: 1 });
    expect(readFileSync(file).equals(content)).toBe(true);
    expect(requests).toEqual(["GET /", "GET / bytes=50000-"]);
  });

  it("starts again when the server does not know ranges", async () => {
    const { url } = await serve((_, __, response) => response.end(content));
    const file = path.join(await temporaryFolder(), "x");
    writeFileSync(`${file}.part`, "left over from another version");
    await download({ url, file, sha256, pause: 1 });
    expect(readFileSync(file).equals(content)).toBe(true);
  });

  it("tries again after a server error", async () => {
    let tries = 0;
    const { url } = await serve((_, __, response) => {
      if (tries++ < 2) response.writeHead(503).end();
      else response.end(content);
    });
    const file = path.join(await temporaryFolder(), "x");
    await download({ url, file, sha256, pause: 1 });
    expect(tries).toBe(3);
  });

  it("does not try again what is not there, and names it", async () => {
    const { url, requests } = await serve((_, __, response) => response.writeHead(404).end());
    const file = path.join(await temporaryFolder(), "x");
    await expect(download({ url, file, sha256, pause: 1 })).rejects.toThrow(`${url} answered 404 Not Found`);
    expect(requests).toHaveLength(1);
  });

  it("never leaves a file with the wrong hash under its name", async () => {
    const { url } = await serve((_, __, response) => response.end("tampered"));
    const file = path.join(await temporaryFolder(), "x");
    await expect(download({ url, file, sha256, retries: 1, pause: 1 })).rejects.toThrow(`expected ${sha256}`);
    expect(existsSync(file)).toBe(false);
    expect(existsSync(`${file}.part`)).toBe(false);
  });

  it("says why a server cannot be reached", async () => {
    const file = path.join(await temporaryFolder(), "x");
    const url = `http://127.0.0.1:${await closedPort()}/x`;
    await expect(download({ url, file, sha256, retries: 0 })).rejects.toThrow(/cannot be reached: .*ECONNREFUSED/);
  });
});
