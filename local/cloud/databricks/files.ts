import * as fs from "node:fs";
import { Readable } from "node:stream";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { HttpError } from "../http";
import { flag, pageSize, read } from "./input";
import { pageOf } from "./pages";
import type { Volumes } from "./volumes";

const listQuery = z.looseObject({ page_size: pageSize(1000, 1000), page_token: z.string().optional() });
const putQuery = z.looseObject({ overwrite: flag });

/** The Files API, `/api/2.0/fs/*`: what notebooks wrote to `/Volumes`, over HTTP. */
export function fileRoutes(app: FastifyInstance, volumes: Volumes): void {
  app.register(async (scope) => {
    // Bodies are the files themselves, whatever type the client says they have, and may be large: streams.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", (_request, payload, done) => done(null, payload));

    const directories = "/api/2.0/fs/directories/*";
    scope.get(directories, { exposeHeadRoute: false }, async (request) => {
      const query = read(listQuery, request.query);
      const { items, next_page_token } = pageOf(await volumes.list(pathIn(request)), query.page_size, query.page_token);
      return { contents: items, ...(next_page_token && { next_page_token }) };
    });
    scope.head(directories, async (request, reply) => {
      if (await volumes.isDirectory(pathIn(request))) return reply.send();
      throw new HttpError(404, "NOT_FOUND", `${pathIn(request)} is not a directory`);
    });
    scope.put(directories, async (request, reply) => {
      await volumes.mkdir(pathIn(request));
      return reply.code(204).send();
    });
    scope.delete(directories, async (request, reply) => {
      await volumes.deleteDirectory(pathIn(request));
      return reply.code(204).send();
    });

    const files = "/api/2.0/fs/files/*";
    scope.get(files, { exposeHeadRoute: false }, async (request, reply) => sendFile(volumes, request, reply));
    scope.head(files, async (request, reply) => {
      const { size, modified } = await volumes.file(pathIn(request));
      return reply.headers(fileHeaders(size, modified)).send();
    });
    scope.put(files, async (request, reply) => {
      const body = request.body instanceof Readable ? request.body : Readable.from([]);
      await volumes.put(pathIn(request), body, read(putQuery, request.query).overwrite);
      return reply.code(204).send();
    });
    scope.delete(files, async (request, reply) => {
      await volumes.deleteFile(pathIn(request));
      return reply.code(204).send();
    });
  });
}

function pathIn(request: FastifyRequest): string {
  return `/${(request.params as { "*": string })["*"]}`;
}

const fileHeaders = (size: number, modified: number) => ({
  "content-length": String(size),
  "content-type": "application/octet-stream",
  "last-modified": new Date(modified).toUTCString(),
  "accept-ranges": "bytes",
});

async function sendFile(volumes: Volumes, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { file, size, modified } = await volumes.file(pathIn(request));
  const range = rangeOf(request.headers.range, size);
  if (range) reply.code(206).header("content-range", `bytes ${range.start}-${range.end}/${size}`);
  reply.headers(fileHeaders(range ? range.end - range.start + 1 : size, modified));
  // A file that a notebook still appends to is sent as long as it was when its size was read.
  if (size === 0) return reply.send("");
  return reply.send(fs.createReadStream(file, range ?? { start: 0, end: size - 1 }));
}

/** One `bytes=from-to` range; several, or another unit, mean the whole file, as HTTP allows. */
function rangeOf(header: string | undefined, size: number): { start: number; end: number } | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? "");
  if (!match || (match[1] === "" && match[2] === "")) return undefined;
  const start = match[1] === "" ? Math.max(0, size - Number(match[2])) : Number(match[1]);
  const end = match[1] === "" || match[2] === "" ? size - 1 : Math.min(size - 1, Number(match[2]));
  if (start > end) {
    throw new HttpError(416, "INVALID_RANGE", `The range ${header} is outside the file, which has ${size} bytes`, {
      "content-range": `bytes */${size}`,
    });
  }
  return { start, end };
}
