import fastify from "fastify";

/** A stand-in for a workspace: one consumer job and the files that it wrote, over HTTP on this machine. */
export class WorkspaceDouble {
  /** Contents by path. */
  readonly files = new Map<string, string | Buffer>();
  /** Whether a part of a file is sent where that is all that is asked for. */
  takesRanges = true;
  parameters: Record<string, string> = {
    sink: "json",
    output: "/Volumes/main/streaming/output",
    topic: "tweets",
    startingOffsets: "earliest",
    checkpoint: "/Volumes/main/streaming/checkpoints/consumer",
  };
  /** The newest run's state: the last of these, each for one look, and the first for good. None: it never ran. */
  states: { life_cycle_state: string; result_state?: string; state_message?: string }[] = [
    { life_cycle_state: "TERMINATED", result_state: "FAILED", state_message: "Cell 3 failed" },
  ];
  readonly token = "dapi-of-tests";
  url = "";
  private batch = 0;
  private readonly app = fastify();

  async open(): Promise<this> {
    this.app.addHook("onRequest", async (request, reply) => {
      if (request.headers.authorization !== `Bearer ${this.token}`)
        return reply.code(403).send({ message: "Invalid access token." });
    });
    this.app.get("/api/2.2/jobs/get", async () => ({
      settings: { tasks: [{ notebook_task: { base_parameters: this.parameters } }] },
    }));
    this.app.get("/api/2.2/jobs/runs/list", async () => {
      const [state] = this.states.length > 1 ? this.states.splice(-1) : this.states;
      return state ? { runs: [{ state }] } : {};
    });
    // Two names a page, so that a client must turn pages.
    this.app.get<{ Params: { "*": string }; Querystring: { page_token?: string } }>(
      "/api/2.0/fs/directories/*",
      async (request, reply) => {
        const folder = `/${request.params["*"]}/`;
        const below = [...this.files.keys()].filter((file) => file.startsWith(folder));
        const names = [...new Set(below.map((file) => file.slice(folder.length).replace(/\/.*/, "/")))];
        if (names.length === 0) return reply.code(404).send({ error_code: "NOT_FOUND", message: "no such directory" });
        const start = Number(request.query.page_token ?? 0);
        return {
          contents: names.slice(start, start + 2).map((name) => {
            const is_directory = name.endsWith("/");
            return { name: name.replace("/", ""), path: folder + name, is_directory };
          }),
          ...(start + 2 < names.length && { next_page_token: String(start + 2) }),
        };
      },
    );
    this.app.get<{ Params: { "*": string } }>("/api/2.0/fs/files/*", async (request, reply) => {
      const content = this.files.get(`/${request.params["*"]}`);
      if (content === undefined) return reply.code(404).send({ error_code: "NOT_FOUND", message: "no such file" });
      reply.type("application/octet-stream");
      const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "");
      if (!range || !this.takesRanges) return reply.send(content);
      return reply.code(206).send(Buffer.from(content).subarray(Number(range[1]), Number(range[2]) + 1));
    });
    this.url = await this.app.listen({ host: "127.0.0.1", port: 0 });
    return this;
  }

  /** Writes rows as the consumer with sink json does: a file, and then its commit. */
  commit(rows: { id: string | null; partition: number; offset: number }[], modificationTime = Date.now()): string {
    const events = `${this.parameters.output}/events`;
    const file = `${events}/part-${this.batch}.json`;
    const text = rows.map((row) => `${JSON.stringify(row)}\n`).join("");
    this.commitFile(file, text, modificationTime);
    return file;
  }

  /** Writes a file of Spark's file sink, and then its commit. */
  commitFile(file: string, content: string | Buffer, modificationTime = Date.now()): void {
    this.files.set(file, content);
    const entry = { path: `viewfs:${file}`, size: content.length, modificationTime, action: "add" };
    const log = `${this.parameters.output}/events/_spark_metadata/${this.batch++}`;
    this.files.set(log, `v1\n${JSON.stringify(entry)}`);
  }

  close(): Promise<void> {
    return this.app.close();
  }
}
