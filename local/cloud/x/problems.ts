import { HttpError } from "../http";

/** An error of the X API: an RFC 7807 problem, with the members that X adds. */
export class Problem extends HttpError {
  constructor(
    status: number,
    readonly body: { title: string; detail: string; type: string } & Record<string, unknown>,
    headers: Record<string, string> = {},
  ) {
    super(status, body.title, body.detail, { "content-type": "application/problem+json; charset=utf-8", ...headers });
  }
}

/** Clients, the official Java SDK among them, tell problems apart by these addresses, which still say twitter.com. */
const typeOf = (name: string) => `https://api.twitter.com/2/problems/${name}`;

/** 400: something is wrong with one parameter. */
export function invalidRequest(parameter: string, value: string, message: string): Problem {
  return new Problem(400, {
    errors: [{ parameters: { [parameter]: [value] }, message }],
    title: "Invalid Request",
    detail: `One or more parameters to your request was invalid: ${message}`,
    type: typeOf("invalid-request"),
    status: 400,
  });
}

export const unauthorized = () =>
  new Problem(401, { title: "Unauthorized", detail: "Unauthorized", type: "about:blank", status: 401 });

export const notFound = (call: string) =>
  new Problem(404, { title: "Not Found", detail: `The local twin has no ${call}`, type: "about:blank", status: 404 });

export const tooManyRequests = (headers: Record<string, string>) =>
  new Problem(
    429,
    { title: "Too Many Requests", detail: "Too Many Requests", type: "about:blank", status: 429 },
    headers,
  );

/** The stream cannot be connected to: it is in use, or nobody said what it should carry. */
export function connectionException(issue: "TooManyConnections" | "RuleConfigurationIssue"): Problem {
  const [status, detail] =
    issue === "TooManyConnections"
      ? [429, "This stream is currently at the maximum allowed connection limit."]
      : [
          409,
          "You must define rules using the POST /2/tweets/search/stream/rules endpoint before connecting to filtered stream.",
        ];
  const type = typeOf("streaming-connection");
  return new Problem(status as number, {
    title: "ConnectionException",
    detail: detail as string,
    connection_issue: issue,
    type,
  });
}

/** Entry of `errors` in an answer that succeeded otherwise. */
export const duplicateRule = (value: string, id: string) => ({
  value,
  id,
  title: "DuplicateRule",
  type: typeOf("duplicate-rules"),
});

export const invalidRule = (value: string, details: string[]) => ({
  value,
  details,
  title: "UnprocessableEntity",
  type: typeOf("invalid-rules"),
});

/** Any error in X's shape. */
export function problemBody(error: HttpError): unknown {
  if (error instanceof Problem) return error.body;
  return { title: error.code, detail: error.message, type: "about:blank", status: error.status };
}
