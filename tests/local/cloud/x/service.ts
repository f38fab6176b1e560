import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { XApi, type XApiOptions } from "../../../../local/cloud/x";
import { silentLog } from "../../../../local/log";

export const bearerToken = "AAAA-test-bearer";

// biome-ignore lint/suspicious/noExplicitAny: answers are compared as a client sees them, field by field
export type Json = any;

export interface Answer {
  status: number;
  headers: Headers;
  body: Json;
}

/** The X API on a data set of the test's own, with a clock that the test moves. */
export class TestX {
  private constructor(
    readonly folder: string,
    private readonly options: XApiOptions,
    private api: XApi,
    public base: string,
    private readonly clock: { now: number },
  ) {}

  /** @param texts the data set */
  static async start(texts: string[], options: Partial<XApiOptions> = {}): Promise<TestX> {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "x-"));
    const dataset = path.join(folder, "tweets.jsonl");
    fs.writeFileSync(
      dataset,
      texts.map((text, index) => `${JSON.stringify({ id: `${index}`, text, rating: 0 })}\n`).join(""),
    );
    const clock = { now: Date.UTC(2026, 0, 15, 12) };
    const all: XApiOptions = {
      dataset,
      bearerToken,
      log: silentLog,
      state: path.join(folder, "state"),
      limits: { search: 1e9, stream: 1e9, readRules: 1e9, writeRules: 1e9 },
      now: () => clock.now,
      ...options,
    };
    try {
      const api = new XApi(all);
      const { host, port } = await api.listen();
      return new TestX(folder, all, api, `http://${host}:${port}`, clock);
    } catch (error) {
      fs.rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  advance(ms: number): void {
    this.clock.now += ms;
  }

  get now(): number {
    return this.clock.now;
  }

  async restart(): Promise<void> {
    await this.api.close();
    this.api = new XApi(this.options);
    const { host, port } = await this.api.listen();
    this.base = `http://${host}:${port}`;
  }

  async stop(): Promise<void> {
    await this.api.close();
    fs.rmSync(this.folder, { recursive: true, force: true });
  }

  async call(method: string, call: string, body?: unknown, token = bearerToken): Promise<Answer> {
    const response = await fetch(`${this.base}${call}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { "content-type": "application/json" }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text ? JSON.parse(text) : undefined };
  }

  search(parameters: Record<string, string>): Promise<Answer> {
    return this.call("GET", `/2/tweets/search/recent?${new URLSearchParams(parameters)}`);
  }

  /** All pages of a search, newest first. */
  async searchAll(parameters: Record<string, string>): Promise<Json[]> {
    const found: Json[] = [];
    let next: string | undefined;
    do {
      const { status, body } = await this.search({ ...parameters, ...(next && { next_token: next }) });
      if (status !== 200) throw new Error(JSON.stringify(body));
      found.push(...(body.data ?? []));
      next = body.meta.next_token;
    } while (next);
    return found;
  }

  async addRules(...rules: { value: string; tag?: string }[]): Promise<Json> {
    return (await this.call("POST", "/2/tweets/search/stream/rules", { add: rules })).body;
  }
}
