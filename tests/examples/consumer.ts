import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { execa } from "execa";
import { extract } from "tar";
import { projectRoot } from "../../local/paths";

const packageName = "azure-kafka-spark-streaming";

/**
 * A folder as somebody has it who installed the package and copied the examples: `node_modules` with what `npm pack`
 * packs, the examples beside it, and none of the repository's sources.
 *
 * The package's own dependencies are found further up, in the repository's `node_modules`: an installation of 300
 * packages that are here already would prove little more, and takes a minute.
 */
export class Consumer {
  private constructor(readonly folder: string) {}

  static async create(): Promise<Consumer> {
    const parent = path.join(projectRoot, ".local");
    mkdirSync(parent, { recursive: true });
    const consumer = new Consumer(mkdtempSync(path.join(parent, "consumer-")));
    await consumer.install();
    cpSync(path.join(projectRoot, "examples"), consumer.folder, { recursive: true });
    return consumer;
  }

  example(name: string): string {
    return path.join(this.folder, name);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async install(): Promise<void> {
    writeFileSync(path.join(this.folder, "package.json"), JSON.stringify({ name: "consumer", private: true }));
    await execa("npm", ["run", "build"], { cwd: projectRoot });
    const { stdout } = await execa("npm", ["pack", "--json", "--pack-destination", this.folder], { cwd: projectRoot });
    const [packed] = Object.values(JSON.parse(stdout) as Record<string, { filename: string }>);
    const installed = path.join(this.folder, "node_modules", packageName);
    mkdirSync(installed, { recursive: true });
    await extract({ file: path.join(this.folder, packed.filename), cwd: installed, strip: 1 });
  }
}
