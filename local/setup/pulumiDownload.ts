import { chmodSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import * as path from "node:path";
import * as tar from "tar";
import type { News } from "../display";
import { download, fetchText } from "./download";

/** Where Pulumi publishes its releases. */
export const releases = "https://get.pulumi.com/releases/sdk";

export interface PulumiDownload {
  version: string;
  /** Folder that gets the programs. */
  bin: string;
  /** Base address of the releases. */
  from: string;
  onProgress: (news: News) => void;
}

/** Name of the official archive for this machine. Throws where there is none that this project can use. */
export function archiveName(version: string, platform: string = process.platform, arch: string = process.arch): string {
  if (!["linux", "darwin"].includes(platform) || !["x64", "arm64"].includes(arch)) {
    throw new Error(`there is no Pulumi archive for ${platform} on ${arch}`);
  }
  return `pulumi-v${version}-${platform}-${arch}.tar.gz`;
}

/**
 * Downloads the official release and unpacks its programs into `bin`; the archive must be what the release's own list
 * of checksums says. Gives up soon where the address cannot be reached. Rejects with the reason.
 */
export async function downloadPulumi({ version, bin, from, onProgress }: PulumiDownload): Promise<void> {
  const name = archiveName(version);
  const checksums = await fetchText(`${from}/pulumi-${version}-checksums.txt`);
  const sha256 = checksums
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .find(([, file]) => file?.replace(/^\*/, "") === name)?.[0];
  if (!sha256) throw new Error(`the list of checksums of Pulumi ${version} does not name ${name}`);

  const work = mkdtempSync(path.join(bin, ".download-"));
  try {
    const archive = path.join(work, name);
    const onReceived = (bytes: number, totalBytes?: number) => onProgress({ bytes, totalBytes });
    await download({ url: `${from}/${name}`, file: archive, sha256, retries: 2, onReceived });
    await tar.extract({ file: archive, cwd: work });
    const programs = readdirSync(work, { recursive: true, withFileTypes: true }).filter(
      (entry) => entry.isFile() && /^pulumi(-[a-z]+)*$/.test(entry.name),
    );
    if (!programs.some(({ name: program }) => program === "pulumi")) throw new Error(`${name} holds no pulumi`);
    for (const { parentPath, name: program } of programs) {
      const file = path.join(parentPath, program);
      chmodSync(file, 0o755);
      renameSync(file, path.join(bin, program));
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
