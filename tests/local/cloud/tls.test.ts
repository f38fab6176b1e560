import { X509Certificate } from "node:crypto";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import * as https from "node:https";
import type { AddressInfo } from "node:net";
import * as path from "node:path";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { CertificateAuthority } from "../../../local/cloud/tls";
import { temporaryFolder } from "../setup/loopback";

afterEach(() => vi.useRealTimers());

/** Serves HTTPS with `issued` and asks it, trusting `ca`, under the name `servername`. */
async function ask(issued: { cert: string; key: string }, ca: string, servername?: string): Promise<string> {
  const server = https.createServer(issued, (_, response) => response.end("hello"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  const { port } = server.address() as AddressInfo;
  return new Promise((resolve, reject) => {
    const options = { host: "127.0.0.1", port, ca, servername, agent: false as const };
    https
      .get(options, (response) => response.on("data", (chunk) => resolve(String(chunk))).resume())
      .on("error", reject);
  });
}

describe("CertificateAuthority", () => {
  it("issues certificates that a client accepts for an address and for a host name", async () => {
    const authority = await CertificateAuthority.open(await temporaryFolder());
    const issued = await authority.issue(["127.0.0.1", "hn0-kafka.internal.cloudapp.net"]);
    expect(await ask(issued, authority.caPem)).toBe("hello");
    expect(await ask(issued, authority.caPem, "hn0-kafka.internal.cloudapp.net")).toBe("hello");
    await expect(ask(issued, authority.caPem, "elsewhere.net")).rejects.toThrow(/altnames/);
  });

  it("is trusted by nobody who was not told of it", async () => {
    const folder = await temporaryFolder();
    const issued = await (await CertificateAuthority.open(path.join(folder, "a"))).issue(["127.0.0.1"]);
    const other = await CertificateAuthority.open(path.join(folder, "b"));
    await expect(ask(issued, other.caPem)).rejects.toThrow(/unable to verify|signature|self-signed|local issuer/);
  });

  it("marks itself as an authority for ten years, and what it issues as servers for a year", async () => {
    const authority = await CertificateAuthority.open(await temporaryFolder());
    const ca = new X509Certificate(authority.caPem);
    const leaf = new X509Certificate((await authority.issue(["127.0.0.6"])).cert);
    const days = (certificate: X509Certificate) => (Date.parse(certificate.validTo) - Date.now()) / 86_400_000;
    expect(ca.ca).toBe(true);
    expect(days(ca)).toBeGreaterThan(3640);
    expect(leaf.ca).toBe(false);
    expect(days(leaf)).toBeLessThan(398);
    expect(leaf.keyUsage).toEqual(["1.3.6.1.5.5.7.3.1"]);
    expect(leaf.subjectAltName).toBe("IP Address:127.0.0.6");
    expect(leaf.checkIssued(ca)).toBe(true);
    expect(leaf.verify(ca.publicKey)).toBe(true);
  });

  it("keeps its key to the user, and is the same authority when it is opened again", async () => {
    const folder = path.join(await temporaryFolder(), "keys");
    const first = await CertificateAuthority.open(folder);
    const issued = await first.issue(["127.0.0.1"]);
    const again = await CertificateAuthority.open(folder);
    expect(again.caPem).toBe(first.caPem);
    expect(readFileSync(again.caFile, "utf8")).toBe(first.caPem);
    expect(await ask(await again.issue(["127.0.0.1"]), first.caPem)).toBe("hello");
    expect(await ask(issued, again.caPem)).toBe("hello");
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    for (const file of ["ca.key.pem", "ca.pem"]) expect(statSync(path.join(folder, file)).mode & 0o777).toBe(0o600);
  });

  it("is one authority when two processes make it at once", async () => {
    const folder = await temporaryFolder();
    const both = await Promise.all([CertificateAuthority.open(folder), CertificateAuthority.open(folder)]);
    expect(both[0].caPem).toBe(both[1].caPem);
  });

  it("is replaced when its end is near", async () => {
    const folder = await temporaryFolder();
    const first = await CertificateAuthority.open(folder);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 3600 * 86_400_000 });
    const second = await CertificateAuthority.open(folder);
    expect(second.caPem).not.toBe(first.caPem);
    expect(readFileSync(second.caFile, "utf8")).toBe(second.caPem);
  });

  it("says what to do about a damaged file", async () => {
    const folder = await temporaryFolder();
    writeFileSync(path.join(folder, "ca.key.pem"), "nothing");
    await expect(CertificateAuthority.open(folder)).rejects.toThrow(/ca\.key\.pem` holds no certificate\. Delete it/);
  });

  it("asks for a name", async () => {
    const authority = await CertificateAuthority.open(await temporaryFolder());
    await expect(authority.issue([])).rejects.toThrow("at least one IP address or host name");
  });
});
