import fc from "fast-check";

/** Bytes for a service that make no sense to it, or none that is complete. */
export interface Malformed {
  /** For the message when it does harm. */
  what: string;
  bytes: Buffer;
  /** Whether the bytes go out as they are, or inside TLS where the service has it. */
  raw: boolean;
  /**
   * What has to follow: an answer (or the end of the connection), or nothing, since the request is not complete and the
   * service may wait for the rest.
   */
  answered: boolean;
}

/** What a request is built from. */
export interface Target {
  host: string;
  /** A place where nothing of value is, with its `/`. */
  base: string;
  /** Header that lets a request in. */
  authorization: string;
}

const crlf = "\r\n";
const anyBytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((bytes) => Buffer.from(bytes));
const latin = (maxLength: number) => anyBytes(maxLength).map((bytes) => bytes.toString("latin1"));

/** Requests in HTTP that are wrong somewhere: in the first line, in headers, or in the body. */
function http({ host, base, authorization }: Target): fc.Arbitrary<Malformed> {
  const method = fc.constantFrom("GET", "HEAD", "PUT", "POST", "PATCH", "DELETE", "OPTIONS");
  const admitted = fc.constantFrom(`Authorization: ${authorization}`, "X-Nobody: 1");
  const request = (what: string, lines: string[], body = "", answered = true): Malformed => ({
    what,
    bytes: Buffer.from(`${lines.join(crlf)}${crlf}${crlf}${body}`, "latin1"),
    raw: false,
    answered,
  });
  const head = (verb: string, target: string, ...more: string[]) => [
    `${verb} ${target} HTTP/1.1`,
    `Host: ${host}`,
    "Connection: close",
    "X-Requested-By: test",
    ...more,
  ];

  const firstLine = fc
    .tuple(
      fc.oneof(method, fc.constantFrom("get", "PROPFIND", "CONNECT", "TRACE", "PRI", "A".repeat(2_000), "G\0T", "")),
      fc.oneof(
        latin(40).map((text) => `${base}${text}`),
        fc.constantFrom("*", "", "//", "http://evil.example/", "/%", "/%00", "/..%2f..", `${base}../..`, "/?%zz=1"),
        fc.constantFrom(
          `${base}${"x".repeat(100_000)}`,
          `${base}${"a/".repeat(3_000)}`,
          `${base}?${"a&".repeat(9_000)}`,
        ),
      ),
      fc.constantFrom("HTTP/1.1", "HTTP/1.0", "HTTP/2.0", "HTTP/9", "http", ""),
      admitted,
    )
    .map(([verb, target, version, admission]) =>
      request("first line", [`${verb} ${target} ${version}`, `Host: ${host}`, "Connection: close", admission]),
    );

  const headers = fc
    .tuple(
      method,
      admitted,
      fc.oneof(
        latin(60),
        fc.constantFrom(
          `X-Long: ${"x".repeat(40_000)}`,
          Array.from({ length: 3_000 }, (_, i) => `X-${i}: ${i}`).join(crlf),
          `Host: ${host}`,
          "Content-Length: 3\r\nContent-Length: 4",
          "Content-Length: -1",
          "Content-Length: 99999999999999999999",
          "Content-Length: 5\r\nTransfer-Encoding: chunked",
          "Transfer-Encoding: gzip, chunked, chunked",
          "Expect: 200-maybe",
          "Upgrade: websocket\r\nConnection: Upgrade",
          `Authorization: ${authorization}\r\nAuthorization: Basic eDp4`,
          "Authorization: Bearer \xff\xfe",
          "Authorization: Basic =====",
          `Authorization: Bearer ${"a.".repeat(4_000)}`,
          "Content-Type: \xe9/\xff;;;=;\r\nContent-Length: 2",
          " folded: line",
          "no colon",
          "X-Nul: \0",
          "Range: bytes=9-1,-,5-",
          "If-Match: \xff",
        ),
      ),
    )
    // A length that promises more than is sent is a request that has not ended.
    .map(([verb, admission, more]) =>
      request("headers", head(verb, base, admission, more), "", !/length|encoding/i.test(more)),
    );

  const contentType = fc.constantFrom(
    "application/json",
    "application/json; charset=utf-16",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "multipart/form-data",
    "text/plain",
    "application/octet-stream",
    "nonsense",
    "",
  );
  const body = fc
    .tuple(
      fc.constantFrom("PUT", "POST", "PATCH", "DELETE", "GET"),
      contentType,
      fc.oneof(
        latin(200),
        fc.json().map((text) => Buffer.from(text).toString("latin1")),
        fc.constantFrom(
          "[".repeat(50_000),
          `${'{"a":'.repeat(20_000)}1${"}".repeat(20_000)}`,
          '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}',
          '{"properties":1e999}',
          '{"a":"\xc3\x28\xa0\xa1"}',
          '"\\ud800"',
          "--x\r\nContent-Disposition: form-data; name=a\r\n\r\n\xff\r\n--x",
          `{"a":"${"x".repeat(300_000)}"}`,
        ),
      ),
      fc.constantFrom("", "Content-Encoding: gzip", "Content-Encoding: nonsense"),
      fc.constantFrom("whole", "short", "chunks", "broken chunks"),
    )
    .map(([verb, type, text, encoding, framing]) => {
      const common = [`Authorization: ${authorization}`, `Content-Type: ${type}`, ...(encoding ? [encoding] : [])];
      const size = text.length;
      switch (framing) {
        case "short":
          return request("body cut short", head(verb, base, ...common, `Content-Length: ${size + 10}`), text, false);
        case "chunks": {
          const chunks = `${size.toString(16)}${crlf}${text}${crlf}0${crlf}${crlf}`;
          const sent = size > 0 ? chunks : `0${crlf}${crlf}`;
          return request("body in chunks", head(verb, base, ...common, "Transfer-Encoding: chunked"), sent);
        }
        case "broken chunks":
          return request(
            "body in broken chunks",
            head(verb, base, ...common, "Transfer-Encoding: chunked"),
            `xyz${crlf}${text}`,
            false,
          );
        default:
          return request("body", head(verb, base, ...common, `Content-Length: ${size}`), text);
      }
    });

  const begun = fc
    .constantFrom("G", `GET ${base} HTTP/1.1${crlf}`, `GET ${base} HTTP/1.1${crlf}Host: ${host}${crlf}X-Slow: `)
    .map(
      (text): Malformed => ({
        what: "request that goes no further",
        bytes: Buffer.from(text),
        raw: false,
        answered: false,
      }),
    );

  return fc.oneof(
    { weight: 3, arbitrary: firstLine },
    { weight: 3, arbitrary: headers },
    { weight: 4, arbitrary: body },
    { weight: 1, arbitrary: begun },
  );
}

/** What is not even the protocol: noise, beginnings of TLS, nothing at all. */
const noise: fc.Arbitrary<Malformed> = fc
  .oneof(
    anyBytes(300),
    fc.constant(Buffer.alloc(0)),
    anyBytes(200).map((bytes) => Buffer.concat([Buffer.from([22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3]), bytes])),
    anyBytes(20).map((bytes) => Buffer.concat([Buffer.from([21, 3, 3, 255, 255]), bytes])),
    fc.constant(Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")),
    fc.constant(Buffer.alloc(200_000, 65)),
  )
  .map((bytes) => ({ what: "noise", bytes, raw: true, answered: false }));

/** A greeting, and what no client says after it. */
const ssh: fc.Arbitrary<Malformed> = fc
  .tuple(
    fc.constantFrom(
      "SSH-2.0-x\r\n",
      "SSH-1.0-x\r\n",
      "SSH-9.9-\xff\r\n",
      "",
      `SSH-2.0-${"x".repeat(5_000)}\r\n`,
      "\0\0\0\x0c",
    ),
    fc.oneof(
      anyBytes(400),
      fc.constant(Buffer.from([0xff, 0xff, 0xff, 0xff, 0])),
      fc.constant(Buffer.alloc(60_000, 7)),
    ),
  )
  .map(([greeting, rest]) => ({
    what: "SSH that is none",
    bytes: Buffer.concat([Buffer.from(greeting, "latin1"), rest]),
    raw: true,
    answered: false,
  }));

/** What an HTTP service has to bear. */
export const forHttp = (target: Target) =>
  fc.oneof({ weight: 5, arbitrary: http(target) }, { weight: 1, arbitrary: noise });

/** What an SSH service has to bear. */
export const forSsh = fc.oneof(ssh, noise);
