import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ensurePrivate, privately } from "../../local/privacy";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "privacy-"));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

const modeOf = (entry: string) => (statSync(entry).mode & 0o777).toString(8);

describe("a private folder", () => {
  it("is made when it is missing, for its owner alone", () => {
    ensurePrivate(path.join(folder, "new", "one"));
    expect(modeOf(path.join(folder, "new", "one"))).toBe("700");
  });

  it("is closed with everything in it, also what was open to all", () => {
    const inner = path.join(folder, "inner");
    mkdirSync(inner);
    writeFileSync(path.join(inner, "key"), "");
    writeFileSync(path.join(inner, "tool"), "");
    chmodSync(folder, 0o777);
    chmodSync(inner, 0o755);
    chmodSync(path.join(inner, "key"), 0o644);
    chmodSync(path.join(inner, "tool"), 0o755);
    ensurePrivate(folder);
    expect([folder, inner, path.join(inner, "key"), path.join(inner, "tool")].map(modeOf)).toEqual([
      "700",
      "700",
      "600",
      "700",
    ]);
  });

  it("leaves alone what its links point to", () => {
    const outside = mkdtempSync(path.join(tmpdir(), "privacy-outside-"));
    chmodSync(outside, 0o755);
    try {
      symlinkSync(outside, path.join(folder, "link"));
      ensurePrivate(folder);
      expect(modeOf(outside)).toBe("755");
    } finally {
      rmSync(outside, { recursive: true });
    }
  });

  it("is refused when it belongs to another user, who could open it again", () => {
    const me = process.getuid?.() ?? 0;
    vi.spyOn(process as { getuid(): number }, "getuid").mockReturnValue(me + 1);
    expect(() => ensurePrivate(folder)).toThrow(
      `\`${folder}\` belongs to user ${me}, and this is user ${me + 1}. It holds keys and state of one user alone: ` +
        "delete it, change its owner, or name another folder in `STREAMING_TWIN_DIR`.",
    );
  });

  // Only root can give a file away.
  it.runIf(process.getuid?.() === 0)("is refused when something in it belongs to another user (as root)", () => {
    const planted = path.join(folder, "planted");
    writeFileSync(planted, "");
    chownSync(planted, 65534, 65534);
    expect(() => ensurePrivate(folder)).toThrow(`\`${planted}\` belongs to user 65534, and this is user 0.`);
  });
});

describe("work that is private", () => {
  it("makes files that nobody else can read, whatever the umask, and leaves the umask as it was", () => {
    const before = process.umask(0);
    try {
      privately(() => writeFileSync(path.join(folder, "secret"), ""));
      expect(modeOf(path.join(folder, "secret"))).toBe("600");
      expect(process.umask()).toBe(0);
    } finally {
      process.umask(before);
    }
  });

  it("leaves the umask as it was when it fails", () => {
    const before = process.umask();
    expect(() =>
      privately(() => {
        throw new Error("no");
      }),
    ).toThrow("no");
    expect(process.umask()).toBe(before);
  });
});
