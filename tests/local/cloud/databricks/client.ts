import * as https from "node:https";

// biome-ignore lint/suspicious/noExplicitAny: answers are compared as a client sees them, field by field
export type Json = any;

export interface Answer {
  status: number;
  body: Json;
  text: string;
  headers: Record<string, string | string[] | undefined>;
}

/** An HTTPS client that trusts one certificate authority and holds one token. */
export function client(host: string, ca: string, token: string) {
  const call = (
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> => {
    const raw = typeof body === "string" || Buffer.isBuffer(body);
    const payload = body === undefined ? undefined : raw ? (body as string | Buffer) : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const request = https.request(
        {
          // The path goes out as it is: a URL would resolve `..` before the server sees it.
          host: host.split(":")[0],
          port: Number(host.split(":")[1]),
          path,
          method,
          ca,
          agent: false,
          headers: {
            authorization: `Bearer ${token}`,
            ...(payload !== undefined && !raw && { "content-type": "application/json" }),
            ...headers,
          },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk) => chunks.push(chunk));
          response.on("error", reject);
          response.on("end", () => {
            const text = Buffer.concat(chunks).toString();
            const json = String(response.headers["content-type"]).includes("json") && text !== "";
            resolve({
              status: response.statusCode ?? 0,
              body: json ? JSON.parse(text) : undefined,
              text,
              headers: response.headers,
            });
          });
        },
      );
      request.on("error", reject);
      request.end(payload);
    });
  };
  return {
    call,
    get: (path: string) => call("GET", path),
    /** A POST that must succeed. */
    async post(path: string, body: unknown): Promise<Json> {
      const answer = await call("POST", path, body);
      if (answer.status !== 200) throw new Error(`POST ${path}: ${answer.status} ${answer.text}`);
      return answer.body;
    },
  };
}
