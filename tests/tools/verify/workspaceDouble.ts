import fastify from "fastify";

/** A stand-in for a workspace: one consumer job and the files that it wrote, over HTTP on this machine. */
export class WorkspaceDouble {
  /** Contents by path. */
  readonly files = new Map<string, string>();
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
        const names = [...this.files.keys()]
          .filter((file) => file.startsWith(folder))
          .map((file) => file.slice(folder.length));
        if (names.length === 0) return reply.code(404).send({ error_code: "NOT_FOUND", message: "no such directory" });
        const start = Number(request.query.page_token ?? 0);
        return {
          contents: names.slice(start, start + 2).map((name) => ({ name, path: folder + name, is_directory: false })),
          ...(start + 2 < names.length && { next_page_token: String(start + 2) }),
        };
      },
    );
    this.app.get<{ Params: { "*": string } }>("/api/2.0/fs/files/*", async (request, reply) => {
      const text = this.files.get(`/${request.params["*"]}`);
      if (text === undefined) return reply.code(404).send({ error_code: "NOT_FOUND", message: "no such file" });
      return reply.type("application/octet-stream").send(text);
    });
    this.url = await this.app.listen({ host: "127.0.0.1", port: 0 });
    return this;
  }

  /** Writes rows as the consumer does: a file, and then its commit. */
  commit(rows: { id: string | null; partition: number; offset: number }[], modificationTime = Date.now()): string {
    const events = `${this.parameters.output}/events`;
    const file = `${events}/part-${this.batch}.json`;
    this.files.set(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
    const entry = JSON.stringify({ path: `viewfs:${file}`, modificationTime, action: "add" });
    this.files.set(`${events}/_spark_metadata/${this.batch}`, `v1\n${entry}`);
    this.batch += 1;
    return file;
  }

  close(): Promise<void> {
    return this.app.close();
  }
}
