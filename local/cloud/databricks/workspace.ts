import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { HttpError } from "../http";
import { invalidParameter, notInTwin } from "./errors";
import { flag, read } from "./input";
import type { Language, WorkspaceObject, WorkspaceObjects } from "./objects";

const languages = z.enum(["SCALA", "PYTHON", "SQL", "R"]);
const byPath = z.looseObject({ path: z.string() });
const importBody = byPath.extend({
  content: z.string().optional(),
  format: z.string().default("SOURCE"),
  language: languages.optional(),
  overwrite: flag,
});
const exportQuery = byPath.extend({ format: z.string().default("SOURCE"), direct_download: flag });
const deleteBody = byPath.extend({ recursive: flag });

/** First line of a notebook in source format, by language; the comment sign tells which. */
const headers: [RegExp, Language][] = [
  [/^\/\/ Databricks notebook source/, "SCALA"],
  [/^-- Databricks notebook source/, "SQL"],
  [/^# Databricks notebook source/, "PYTHON"],
];
const extensions: Record<Language, string> = { SCALA: "scala", PYTHON: "py", SQL: "sql", R: "r" };

/** `/api/2.0/workspace/*`. */
export function workspaceRoutes(app: FastifyInstance, objects: WorkspaceObjects): void {
  const base = "/api/2.0/workspace";
  app.addContentTypeParser("multipart/form-data", { parseAs: "buffer" }, (request, body, done) => {
    formFields(request, body as Buffer).then((fields) => done(null, fields), done);
  });

  app.post(`${base}/import`, async (request) => {
    const body = read(importBody, request.body);
    const content = Buffer.from(body.content ?? "", "base64");
    const language = languageOf(body.format, body.language, content, body.path);
    return { object_id: objects.write(body.path, content, language, body.overwrite).object_id };
  });
  app.get(`${base}/export`, async (request, reply) => {
    const query = read(exportQuery, request.query);
    if (!["SOURCE", "AUTO"].includes(query.format)) throw unsupportedFormat(query.format);
    const object = objects.get(query.path);
    if (object.object_type === "DIRECTORY") throw invalidParameter(`Cannot export the folder ${query.path}`);
    const content = objects.content(object);
    if (query.direct_download) return reply.type("application/octet-stream").send(content);
    return { content: content.toString("base64"), ...(object.language && { file_type: extensions[object.language] }) };
  });
  app.get(`${base}/get-status`, async (request) => describe(objects.get(read(byPath, request.query).path)));
  app.get(`${base}/list`, async (request) => {
    const found = objects.list(read(byPath, request.query).path);
    return found.length > 0 ? { objects: found.map(describe) } : {};
  });
  app.post(`${base}/mkdirs`, async (request) => {
    objects.mkdirs(read(byPath, request.body).path);
    return {};
  });
  app.post(`${base}/delete`, async (request) => {
    const body = read(deleteBody, request.body);
    objects.delete(body.path, body.recursive);
    return {};
  });
}

/** The language makes it a notebook. AUTO looks at the first line; what is no notebook in source format is a file. */
function languageOf(format: string, given: Language | undefined, content: Buffer, path: string): Language | undefined {
  const text = content.subarray(0, 200).toString();
  const seen = headers.find(([header]) => header.test(text))?.[1];
  switch (format) {
    case "SOURCE":
      if (given) return given;
      throw invalidParameter(`Missing required field: language (\`format\` is SOURCE, \`path\` is ${path})`);
    case "AUTO":
      return given ?? seen;
    case "RAW":
      return undefined;
    default:
      throw unsupportedFormat(format);
  }
}

const unsupportedFormat = (format: string) => notInTwin(`\`format\` ${format} is not supported; use SOURCE or AUTO`);

function describe({ size, ...object }: WorkspaceObject) {
  return { ...object, ...(size !== undefined && { size }), resource_id: String(object.object_id) };
}

/** The official Python SDK's `workspace.upload` sends a form with the content as it is, not in base64. */
async function formFields(request: FastifyRequest, body: Buffer): Promise<Record<string, string>> {
  const type = request.headers["content-type"] ?? "";
  const form = await new Response(new Uint8Array(body), { headers: { "content-type": type } })
    .formData()
    .catch((error: Error) => {
      throw new HttpError(400, "MALFORMED_REQUEST", `Could not parse the form: ${error.message}`);
    });
  const fields: Record<string, string> = {};
  for (const [name, value] of form.entries()) {
    if (typeof value === "string") fields[name] = value;
    else fields[name] = Buffer.from(await value.arrayBuffer()).toString("base64");
  }
  return fields;
}
