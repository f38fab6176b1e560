import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import * as path from "node:path";
import { stripVTControlCharacters } from "node:util";
import { type Display, together } from "./display";
import { Lines } from "./lines";
import { Live } from "./live";

export type { Display, News, Received, Task } from "./display";

export interface DisplayOptions {
  /** File that gets all there is to tell, with times; what was in it goes. Private, since it names what runs. */
  file: string;
  /** Everything in lines, nothing live. */
  verbose?: boolean;
}

/** The display for wherever this command runs. Colours follow `NO_COLOR`, in either kind. */
export function openDisplay({ file, verbose = false }: DisplayOptions): Display {
  const seen = isLive(process.stdout, process.env) && !verbose ? new Live() : new Lines({ write: print, all: verbose });
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const descriptor = openSync(file, "w", 0o600);
  const write = (line: string) => {
    writeSync(descriptor, `${new Date().toISOString()} ${stripVTControlCharacters(line)}`.trimEnd().concat("\n"));
  };
  const recorded = new Lines({ write, all: true });
  recorded.close = () => closeSync(descriptor);
  return together(seen, recorded);
}

/** Whether somebody looks at a terminal that can be drawn on. */
export function isLive(output: { isTTY?: boolean }, env: NodeJS.ProcessEnv): boolean {
  return Boolean(output.isTTY) && !env.CI && env.TERM !== "dumb";
}

const print = (line: string) => console.log(line);
