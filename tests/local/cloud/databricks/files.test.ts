import * as fs from "node:fs";
import * as path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { TestDatabricks } from "./twin";

let twin: TestDatabricks;
beforeEach(async () => {
  twin = await TestDatabricks.start();
});
afterEach(() => twin.stop());

const files = "/api/2.0/fs/files";
const directories = "/api/2.0/fs/directories";
const volume = "/Volumes/main/streaming/data";

describe("the Files API", () => {
  it("gives back a file byte for byte, whole and in part", async () => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
    expect((await twin.call("PUT", `${files}${volume}/sub/Data%20A.bin`, bytes)).status).toBe(204);
    const onDisk = path.join(twin.home, "volumes", "main", "streaming", "data", "sub", "Data A.bin");
    expect(fs.readFileSync(onDisk)).toEqual(bytes);
    const head = await twin.call("HEAD", `${files}${volume}/sub/Data%20A.bin`);
    expect(head.headers).toMatchObject({ "content-length": "256", "content-type": "application/octet-stream" });
    expect(head.headers["last-modified"]).toMatch(/GMT$/);
    await twin.call("PUT", `${files}${volume}/t.txt`, "0123456789");
    const part = await twin.call("GET", `${files}${volume}/t.txt`, undefined, { range: "bytes=2-4" });
    expect([part.status, part.text, part.headers["content-range"]]).toEqual([206, "234", "bytes 2-4/10"]);
    const tail = await twin.call("GET", `${files}${volume}/t.txt`, undefined, { range: "bytes=-3" });
    expect(tail.text).toBe("789");
    expect((await twin.call("GET", `${files}${volume}/t.txt`, undefined, { range: "bytes=50-" })).status).toBe(416);
  });

  it("takes JSON as the bytes that it is, and an empty file", async () => {
    await twin.call("PUT", `${files}${volume}/a.json`, "{ not json", { "content-type": "application/json" });
    expect((await twin.get(`${files}${volume}/a.json`)).text).toBe("{ not json");
    await twin.call("PUT", `${files}${volume}/empty`);
    const empty = await twin.get(`${files}${volume}/empty`);
    expect([empty.status, empty.text]).toEqual([200, ""]);
  });

  it("overwrites only when told to", async () => {
    await twin.call("PUT", `${files}${volume}/a`, "1");
    const refused = await twin.call("PUT", `${files}${volume}/a`, "2");
    expect([refused.status, refused.body.error_code]).toEqual([409, "ALREADY_EXISTS"]);
    expect((await twin.call("PUT", `${files}${volume}/a?overwrite=true`, "3")).status).toBe(204);
    expect((await twin.get(`${files}${volume}/a`)).text).toBe("3");
  });

  it("lists what notebooks wrote, in pages", async () => {
    const folder = path.join(twin.home, "volumes", "main", "streaming", "data", "events");
    fs.mkdirSync(path.join(folder, "_delta_log"), { recursive: true });
    for (let index = 0; index < 5; index++)
      fs.writeFileSync(path.join(folder, `part-${index}.parquet`), "x".repeat(index));
    const seen: { path: string; is_directory: boolean; file_size?: number }[] = [];
    let token = "";
    do {
      const { body } = await twin.get(`${directories}${volume}/events?page_size=2${token && `&page_token=${token}`}`);
      expect(body.contents.length).toBeLessThanOrEqual(2);
      seen.push(...body.contents);
      token = body.next_page_token ?? "";
    } while (token);
    expect(seen.map((entry) => entry.path)).toEqual([
      `${volume}/events/_delta_log`,
      ...[0, 1, 2, 3, 4].map((index) => `${volume}/events/part-${index}.parquet`),
    ]);
    expect(seen.map((entry) => entry.file_size)).toEqual([undefined, 0, 1, 2, 3, 4]);
    expect(seen[0]?.is_directory).toBe(true);
  });

  it("creates folders and deletes only empty ones", async () => {
    expect((await twin.call("PUT", `${directories}${volume}/a/b`)).status).toBe(204);
    expect((await twin.call("PUT", `${directories}${volume}/a/b`)).status).toBe(204);
    expect((await twin.call("HEAD", `${directories}${volume}/a/b`)).status).toBe(200);
    const refused = await twin.call("DELETE", `${directories}${volume}/a`);
    expect([refused.status, refused.body.error_code]).toEqual([400, "DIRECTORY_NOT_EMPTY"]);
    expect((await twin.call("DELETE", `${directories}${volume}/a/b`)).status).toBe(204);
    expect((await twin.call("HEAD", `${directories}${volume}/a/b`)).status).toBe(404);
    await twin.call("PUT", `${files}${volume}/f`, "x");
    expect((await twin.call("DELETE", `${files}${volume}/f`)).status).toBe(204);
    expect((await twin.call("DELETE", `${files}${volume}/f`)).body.error_code).toBe("NOT_FOUND");
  });

  it.each([
    ["GET", `${files}/Volumes/../keys/ca.key.pem`],
    ["GET", `${files}/Volumes/%2e%2e/keys/ca.key.pem`],
    ["GET", `${files}/Volumes/main/..%2f..%2f..%2fkeys/ca.key.pem`],
    ["GET", `${files}/Volumes/main/%5c..%5ckeys`],
    ["GET", `${files}/Volumes/main/a%00b`],
    ["GET", `${files}/etc/passwd`],
    ["GET", `${files}//Volumes/../../etc/passwd`],
    ["PUT", `${files}/Volumes/main/streaming/data/../../../../evil`],
    ["PUT", `${directories}/Volumes/main/streaming/%2e%2e/%2e%2e/evil`],
    ["DELETE", `${directories}/Volumes/main/streaming/%2e%2e`],
    ["PUT", `${files}/Volumes/main/streaming/not-in-a-volume`],
  ])("refuses %s %s", async (method, call) => {
    const before = fs.readdirSync(twin.home);
    const { status, text } = await twin.call(method, call, method === "PUT" ? "evil" : undefined);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
    expect(text).not.toContain("PRIVATE KEY");
    expect(fs.readdirSync(twin.home)).toEqual(before);
  });

  it("follows no symbolic link out of the volumes, not even one to nowhere", async () => {
    const folder = path.join(twin.home, "volumes", "main", "streaming", "data");
    fs.mkdirSync(folder, { recursive: true });
    fs.symlinkSync(path.join(twin.home, "keys"), path.join(folder, "keys"));
    fs.symlinkSync(path.join(twin.home, "planted"), path.join(folder, "planted"));
    expect((await twin.get(`${files}${volume}/keys/ca.key.pem`)).body.error_code).toBe("PERMISSION_DENIED");
    expect((await twin.call("PUT", `${files}${volume}/keys/x`, "x")).status).toBe(403);
    expect((await twin.call("PUT", `${files}${volume}/planted?overwrite=true`, "x")).status).toBe(403);
    expect(fs.existsSync(path.join(twin.home, "planted"))).toBe(false);
    expect((await twin.get(`${directories}${volume}`)).body.contents).toEqual([]);
  });

  it("needs the token like everything else", async () => {
    expect((await twin.call("GET", `${directories}/Volumes`, undefined, { authorization: "Bearer no" })).status).toBe(
      403,
    );
  });
});
