import { existsSync, readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { projectRoot } from "../../local/paths";

/** A command that a page tells people to type. */
export interface DocumentedCommand {
  /** Without its comment; a line that goes on, and a loop, are one command. */
  command: string;
  /** The page, such as `docs/local.md`. */
  page: string;
}

/** What a line of shell can begin with in these pages. Other indented blocks are code, configuration or output. */
const programs = /^(?:az|bash|cat|curl|databricks|eval|for|gh|git|npm|npx|pulumi|ssh|ssh-keygen)\s/;

/** The pages whose commands have to be known. */
export function pages(): string[] {
  const of = (folder: string) =>
    readdirSync(path.join(projectRoot, folder)).map((name) => path.posix.join(folder, name));
  const examples = of("examples").map((folder) => `${folder}/README.md`);
  const all = ["README.md", "CONTRIBUTING.md", ...of("docs"), ...examples];
  return all.filter((page) => page.endsWith(".md") && existsSync(path.join(projectRoot, page)));
}

/** Every command in the pages' blocks, in their order, and the first line of each block that has none. */
export function documented(): { commands: DocumentedCommand[]; other: string[] } {
  const commands: DocumentedCommand[] = [];
  const other: string[] = [];
  for (const page of pages()) {
    for (const block of blocks(readFileSync(path.join(projectRoot, page), "utf8"))) {
      const [first = ""] = block.filter((line) => !line.startsWith("#"));
      if (programs.test(first)) commands.push(...commandsOf(block).map((command) => ({ command, page })));
      else other.push(`${page}: ${block[0]}`);
    }
  }
  return { commands, other };
}

/** The indented blocks of a page, and those between fences that are of a shell or of nothing named, without their indentation. */
function blocks(text: string): string[][] {
  const found: string[][] = [];
  let block: string[] | undefined;
  let fence: string | undefined;
  const close = () => {
    if (block && block.length > 0) found.push(withoutIndentation(block));
    block = undefined;
  };
  for (const line of text.split("\n")) {
    const [, language] = /^\s*```(\w*)/.exec(line) ?? [];
    if (language !== undefined) {
      close();
      fence = fence === undefined ? language : undefined;
    } else if (fence === undefined ? /^ {4,}\S/.test(line) : /^(?:|sh|bash|shell|console)$/.test(fence)) {
      block ??= [];
      block.push(line);
    } else close();
  }
  close();
  return found;
}

function withoutIndentation(lines: string[]): string[] {
  const width = Math.min(...lines.map((line) => line.search(/\S/)));
  return lines.map((line) => line.slice(width));
}

function commandsOf(lines: string[]): string[] {
  const found: string[] = [];
  let open = "";
  for (const line of lines.map((each) => each.replace(/(^|\s)#\s.*$/, "").trimEnd())) {
    if (line === "") continue;
    open += open === "" ? line : `\n${line}`;
    const isLoop = open.startsWith("for ");
    if (isLoop ? line !== "done" : /[\\|]$/.test(line)) continue;
    found.push(open);
    open = "";
  }
  if (open !== "") found.push(open);
  return found;
}
