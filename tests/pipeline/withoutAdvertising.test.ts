import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runEngine } from "../local/events";
import { TestTwin } from "../local/twin";

describe("the topology without IP advertising", { timeout: 300_000 }, () => {
  let twin: TestTwin;
  beforeAll(async () => {
    twin = await TestTwin.start(62);
  });
  afterAll(() => twin?.stop());

  it("deploys, but no client gets past the host names that the brokers advertise", async () => {
    const up = await runEngine(await twin.stack({ kafkaAdvertise: "none" }), "up");
    expect(up.errors).toBe("");

    const { exitCode, stderr } = await execa(
      "npx",
      ["tsx", "tools/verify.ts", "--stack", "local", "--json", "--timeout", "20"],
      {
        env: { STREAMING_TWIN_DIR: twin.home },
        reject: false,
      },
    );
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/wn\d-kafkal\.\w+\.bx\.internal\.cloudapp\.net/);
    expect(stderr).toMatch(/IP advertising/i);
  });
});
