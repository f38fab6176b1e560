import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { expect, it, onTestFinished, vi } from "vitest";
import { closeAll } from "../../local/closing";
import { KafkaClusters } from "../../local/cloud/hdinsight";
import { ControlPlane } from "../../local/controlPlane";
import { HomeLock } from "../../local/lock";

it("parts are closed from the last to the first, whatever one fails with, and each failure is told", async () => {
  const closed: string[] = [];
  const part = (name: string, error?: Error) => ({
    name,
    close: async () => {
      await new Promise(setImmediate);
      if (error) throw error;
      closed.push(name);
    },
  });
  const parts = [part("lock"), part("brokers", new Error("They do not end.")), part("page")];
  const throwsAtOnce = {
    name: "log",
    close: () => {
      throw new Error("It is closed.");
    },
  };
  const told: string[] = [];
  await closeAll([...parts, throwsAtOnce], ({ message }, { name }) => told.push(`${name}: ${message}`));
  expect(closed).toEqual(["page", "lock"]);
  expect(told).toEqual(["log: It is closed.", "brokers: They do not end."]);
});

it("a control plane closes what comes after a part that fails, and rejects with that", async () => {
  const home = mkdtempSync(path.join(tmpdir(), "closing-"));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const services = await ControlPlane.open(home);
  const broken = vi.spyOn(KafkaClusters.prototype, "close").mockRejectedValueOnce(new Error("They do not end."));
  onTestFinished(() => broken.mockRestore());
  await expect(services.close()).rejects.toThrow("They do not end.");
  // Somebody else can have it now.
  HomeLock.acquire(home).release();
});
