import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { TestDatabricks, userName } from "./twin";

let twin: TestDatabricks;
beforeEach(async () => {
  twin = await TestDatabricks.start();
});
afterEach(() => twin.stop());

const api = "/api/2.0/workspace";
const source = '// Databricks notebook source\nprintln("größer")\n';
const content = Buffer.from(source).toString("base64");
const notebook = { content, format: "SOURCE", language: "SCALA" };

describe("the workspace's tree", () => {
  it("has the user's folder and the shared one from the beginning", async () => {
    const { body } = await twin.get(`${api}/list?path=/`);
    expect(body.objects.map((object: { path: string }) => object.path)).toEqual(["/Shared", "/Users"]);
    expect((await twin.get(`${api}/get-status?path=/Users/${userName}`)).body.object_type).toBe("DIRECTORY");
  });

  it("gives back a notebook as it was imported", async () => {
    const { object_id } = await twin.post(`${api}/import`, { path: "/Shared/Producer", ...notebook });
    const status = (await twin.get(`${api}/get-status?path=/Shared/Producer`)).body;
    expect(status).toMatchObject({ object_type: "NOTEBOOK", path: "/Shared/Producer", language: "SCALA", object_id });
    const exported = await twin.get(`${api}/export?path=/Shared/Producer&format=SOURCE`);
    expect(exported.body).toEqual({ content, file_type: "scala" });
    expect((await twin.get(`${api}/export?path=/Shared/Producer&direct_download=true`)).text).toBe(source);
  });

  it("overwrites a notebook only when told to, and keeps its id", async () => {
    const first = await twin.post(`${api}/import`, { path: "/Shared/P", ...notebook });
    const again = await twin.call("POST", `${api}/import`, { path: "/Shared/P", ...notebook });
    expect(again).toMatchObject({
      status: 400,
      body: { error_code: "RESOURCE_ALREADY_EXISTS", message: "Path (/Shared/P) already exists." },
    });
    const second = await twin.post(`${api}/import`, {
      path: "/Shared/P",
      ...notebook,
      content: "Mg==",
      overwrite: true,
    });
    expect(second.object_id).toBe(first.object_id);
    expect((await twin.get(`${api}/export?path=/Shared/P`)).body.content).toBe("Mg==");
  });

  it("wants the parent folder to be there, as Databricks does", async () => {
    const import_ = () => twin.call("POST", `${api}/import`, { path: "/new/deep/P", ...notebook });
    expect(await import_()).toMatchObject({
      status: 404,
      body: { error_code: "RESOURCE_DOES_NOT_EXIST", message: "The parent folder (/new/deep) does not exist." },
    });
    await twin.post(`${api}/mkdirs`, { path: "/new/deep" });
    await twin.post(`${api}/mkdirs`, { path: "/new/deep" });
    expect((await import_()).status).toBe(200);
    expect((await twin.call("POST", `${api}/mkdirs`, { path: "/new/deep/P" })).body.error_code).toBe(
      "RESOURCE_ALREADY_EXISTS",
    );
  });

  it("takes /Workspace/... for /...", async () => {
    await twin.post(`${api}/import`, { path: "/Workspace/Shared/P", ...notebook });
    expect((await twin.get(`${api}/get-status?path=/Shared/P`)).body.path).toBe("/Shared/P");
  });

  it("deletes a folder with content only recursively", async () => {
    await twin.post(`${api}/mkdirs`, { path: "/a/b" });
    await twin.post(`${api}/import`, { path: "/a/b/P", ...notebook });
    const refused = await twin.call("POST", `${api}/delete`, { path: "/a" });
    expect([refused.status, refused.body.error_code]).toEqual([400, "DIRECTORY_NOT_EMPTY"]);
    await twin.post(`${api}/delete`, { path: "/a", recursive: true });
    for (const path of ["/a", "/a/b", "/a/b/P"]) {
      expect(await twin.get(`${api}/get-status?path=${path}`)).toMatchObject({
        status: 404,
        body: { error_code: "RESOURCE_DOES_NOT_EXIST", message: `Path (${path}) doesn't exist.` },
      });
    }
    expect((await twin.get(`${api}/list?path=/`)).body.objects).toHaveLength(2);
  });

  it("recognizes a notebook in an AUTO import by its first line, and anything else as a file", async () => {
    await twin.post(`${api}/import`, { path: "/Shared/n", content, format: "AUTO" });
    const bytes = Buffer.from([0, 255, 10, 200]).toString("base64");
    await twin.post(`${api}/import`, { path: "/Shared/data.bin", content: bytes, format: "AUTO" });
    const { body } = await twin.get(`${api}/list?path=/Shared`);
    expect(body.objects).toMatchObject([
      { path: "/Shared/data.bin", object_type: "FILE", size: 4 },
      { path: "/Shared/n", object_type: "NOTEBOOK", language: "SCALA" },
    ]);
    expect((await twin.get(`${api}/export?path=/Shared/data.bin`)).body.content).toBe(bytes);
  });

  it("takes an import as a form, which the official Python SDK's upload sends", async () => {
    const boundary = "xyz";
    const part = (name: string, value: string, file = "") =>
      `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${file}\r\n\r\n${value}\r\n`;
    const body =
      part("path", "/Shared/Form") +
      part("format", "SOURCE") +
      part("language", "SCALA") +
      part("content", source, '; filename="content"') +
      `--${boundary}--\r\n`;
    const answer = await twin.call("POST", `${api}/import`, body, {
      "content-type": `multipart/form-data; boundary=${boundary}`,
    });
    expect(answer.status).toBe(200);
    expect((await twin.get(`${api}/export?path=/Shared/Form`)).body.content).toBe(content);
  });

  it.each([
    ["a relative path", { path: "P", ...notebook }, /doesn't start with '\/'/],
    ["a path that climbs", { path: "/Shared/../x", ...notebook }, /must not contain/],
    ["no language", { path: "/P", content, format: "SOURCE" }, /Missing required field: language/],
    ["a format that the twin cannot read", { path: "/P", content, format: "DBC" }, /`format` DBC is not supported/],
    ["an unknown language", { path: "/P", ...notebook, language: "COBOL" }, /`language`: got "COBOL"/],
  ])("refuses an import with %s", async (_what, body, message) => {
    const answer = await twin.call("POST", `${api}/import`, body);
    expect(answer.status).toBe(400);
    expect(answer.body.message).toMatch(message);
  });

  it("refuses a notebook of more than 10 MB", async () => {
    const large = Buffer.alloc(10 * 1024 * 1024 + 1).toString("base64");
    const { body } = await twin.call("POST", `${api}/import`, { path: "/Shared/L", ...notebook, content: large });
    expect(body.error_code).toBe("MAX_NOTEBOOK_SIZE_EXCEEDED");
  });
});
