import * as fs from "node:fs";
import * as path from "node:path";

export type LogFields = Record<string, unknown>;

/** Structured log of the twin: one JSON line per entry. Values of keys that name a secret never reach the file. */
export interface Logger {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** A logger whose entries carry `name` as `logger`, below its parent's: `arm`, `arm.hdinsight`. */
  child(name: string): Logger;
}

/** A Logger that owns its file. */
export interface LogFile extends Logger {
  close(): void;
}

type Level = "info" | "warn" | "error";
type Sink = (line: string) => void;

const secretKey = /password|secret|token|key$|keys$|authorization|credential/i;

/**
 * Opens (and creates, mode 0600) a log file for appending. Lines are written synchronously,
 * so that the last one before a SIGKILL is there too.
 */
export function openLog(file: string): LogFile {
  fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  let descriptor: number | undefined = fs.openSync(file, "a", 0o600);
  const logger = loggerTo((line) => {
    if (descriptor !== undefined) fs.writeSync(descriptor, `${line}\n`);
  }, "");
  return {
    ...logger,
    close() {
      if (descriptor !== undefined) fs.closeSync(descriptor);
      descriptor = undefined;
    },
  };
}

/** A Logger that keeps nothing, for tests and short-lived tools. */
export const silentLog: Logger = loggerTo(() => undefined, "");

/** A Logger that hands each JSON line to `sink`. */
export function loggerTo(sink: Sink, name: string): Logger {
  const write = (level: Level, message: string, fields?: LogFields) =>
    sink(
      JSON.stringify({
        time: new Date().toISOString(),
        level,
        ...(name && { logger: name }),
        message,
        ...redact(fields),
      }),
    );
  return {
    info: (message, fields) => write("info", message, fields),
    warn: (message, fields) => write("warn", message, fields),
    error: (message, fields) => write("error", message, fields),
    child: (childName) => loggerTo(sink, name ? `${name}.${childName}` : childName),
  };
}

function redact(fields: LogFields | undefined): LogFields {
  return fields ? (plain(fields, new Set()) as LogFields) : {};
}

/** A JSON-safe copy: secrets replaced, errors spelled out, cycles cut. */
function plain(value: unknown, ancestors: Set<unknown>): unknown {
  if (typeof value === "bigint") return value.toString();
  if (typeof value !== "object" || value === null) return value;
  if (ancestors.has(value)) return "[circular]";
  if (value instanceof Date) return value.toISOString();
  const inside = new Set(ancestors).add(value);
  if (value instanceof Error) {
    return plain({ ...value, name: value.name, message: value.message, stack: value.stack }, inside);
  }
  if (Array.isArray(value)) return value.map((item) => plain(item, inside));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, secretKey.test(key) ? "[dropped]" : plain(item, inside)]),
  );
}
