import * as http from "node:http";
import type { AddressInfo } from "node:net";

export interface Written {
  id: number;
  number?: number;
  body: string;
  user: { login: string };
  title?: string;
  state?: string;
  labels?: { name: string }[];
  pull_request?: object;
}

/**
 * A stand-in for GitHub's API of comments and issues, over HTTP on this machine: it pages by `Link` headers, keeps what
 * is written, and answers as it is told to. As GitHub does, it gives no page more than 100 entries.
 */
export class GitHubDouble {
  readonly token = "ghs_of_tests";
  /** Whose token it is. */
  login = "github-actions[bot]";
  comments: Written[] = [];
  issues: Written[] = [];
  runs = new Map<number, object>();
  pulls = new Map<number, object>();
  /** Each `METHOD /path?query` that came, in order. */
  readonly calls: string[] = [];
  /** Answers that come first, one for each call that matches. */
  failures: { on: RegExp; status: number; headers?: http.OutgoingHttpHeaders; message?: string; after?: boolean }[] =
    [];
  /** Whether labels of new issues are dropped, as for accounts that may not set them. */
  dropsLabels = false;
  private next = 1000;
  private server = http.createServer((request, response) => void this.answer(request, response));

  async open(host: string): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, host, resolve));
    return this;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  get url(): string {
    const { address, port } = this.server.address() as AddressInfo;
    return `http://${address}:${port}`;
  }

  /** What a step of a workflow has. */
  get env() {
    return { GITHUB_API_URL: this.url, GITHUB_REPOSITORY: "owner/streaming", GITHUB_TOKEN: this.token };
  }

  /** Calls that write. */
  get writes(): string[] {
    return this.calls.filter((call) => !call.startsWith("GET"));
  }

  private async answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const call = `${request.method} ${request.url}`;
    this.calls.push(call);
    const send = (status: number, data: unknown, headers: http.OutgoingHttpHeaders = {}) => {
      response.writeHead(status, { "content-type": "application/json; charset=utf-8", ...headers });
      response.end(JSON.stringify(data));
    };
    if (request.headers.authorization !== `token ${this.token}`) return send(401, { message: "Bad credentials" });
    const failure = this.failures.find(({ on }) => on.test(call));
    const input = chunks.length > 0 ? (JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>) : {};
    if (failure) {
      this.failures.splice(this.failures.indexOf(failure), 1);
      // The answer is lost on its way, and what was asked for is done.
      if (failure.after) this.carryOut(request, input);
      return send(failure.status, { message: failure.message ?? "failed" }, failure.headers);
    }
    const [status, data, headers] = this.carryOut(request, input);
    send(status, data, headers);
  }

  private carryOut(
    request: http.IncomingMessage,
    input: Record<string, unknown>,
  ): [number, unknown, http.OutgoingHttpHeaders?] {
    const { pathname, searchParams } = new URL(request.url ?? "", this.url);
    const path = pathname.replace("/repos/owner/streaming/", "");
    const [, number, id] = /^(?:issues|pulls|actions\/runs)\/(?:(\d+)|comments\/(\d+))/.exec(path) ?? [];
    const user = { login: this.login };
    switch (`${request.method} ${path.replace(/\d+/g, "N")}`) {
      case "GET issues/N/comments":
        return this.page(this.comments, pathname, searchParams);
      case "POST issues/N/comments":
        this.comments.push({ id: this.next++, body: String(input.body), user });
        return [201, this.shown(this.comments.at(-1) as Written)];
      case "PATCH issues/comments/N": {
        const comment = this.comments.find((each) => each.id === Number(id));
        if (!comment) break;
        if (comment.user.login !== this.login) return [403, { message: "Resource not accessible by integration" }];
        Object.assign(comment, input);
        return [200, this.shown(comment)];
      }
      case "GET issues": {
        const label = searchParams.get("labels");
        const matching = this.issues.filter(
          ({ state, labels = [] }) =>
            state === (searchParams.get("state") ?? "open") && labels.some(({ name }) => name === label),
        );
        return this.page(matching, pathname, searchParams);
      }
      case "POST issues": {
        const labels = this.dropsLabels ? [] : (input.labels as string[]).map((name) => ({ name }));
        const created = this.next++;
        const { title, body } = input as { title: string; body: string };
        this.issues.push({ id: created, number: created, state: "open", title, body, labels, user });
        return [201, this.shown(this.issues.at(-1) as Written)];
      }
      case "PATCH issues/N": {
        const issue = this.issues.find((each) => each.number === Number(number));
        if (!issue) break;
        Object.assign(issue, input);
        return [200, this.shown(issue)];
      }
      case "GET actions/runs/N":
        if (this.runs.has(Number(number))) return [200, this.runs.get(Number(number))];
        break;
      case "GET pulls/N":
        if (this.pulls.has(Number(number))) return [200, this.pulls.get(Number(number))];
    }
    return [404, { message: "Not Found" }];
  }

  private shown(written: Written): Written & { html_url: string } {
    return { ...written, html_url: `https://github.example/owner/streaming/${written.id}` };
  }

  private page(
    all: Written[],
    pathname: string,
    parameters: URLSearchParams,
  ): [number, unknown, http.OutgoingHttpHeaders] {
    const size = Math.min(Number(parameters.get("per_page") ?? 30), 100);
    const page = Number(parameters.get("page") ?? 1);
    const link = (to: number, rel: string) => {
      const query = new URLSearchParams([...parameters].filter(([name]) => name !== "page"));
      query.set("page", String(to));
      return `<${this.url}${pathname}?${query}>; rel="${rel}"`;
    };
    const last = Math.max(1, Math.ceil(all.length / size));
    const links = page < last ? [link(page + 1, "next"), link(last, "last")] : [];
    return [
      200,
      all.slice((page - 1) * size, page * size).map((each) => this.shown(each)),
      links.length > 0 ? { link: links.join(", ") } : {},
    ];
  }
}
