import { credentials } from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";

/** Lines shown to the user beside a resource. */
export interface Log {
  debug(message: string): void;
  info(message: string): void;
  warning(message: string): void;
  error(message: string): void;
  /** What is going on at this moment: shown while the operation runs and not kept. */
  status(message: string): void;
}

/** A log that goes nowhere, for code that runs without an engine. */
export const silentLog: Log = {
  debug: () => {},
  info: () => {},
  warning: () => {},
  error: () => {},
  status: () => {},
};

/** The engine's log. Losing a line must never fail an operation, so errors are dropped. */
export class EngineLog {
  private client: EngineClient | undefined;
  /** Lines go out one after the other, or they would arrive in any order. */
  private last: Promise<void> = Promise.resolve();

  constructor(address: string | undefined) {
    if (address) this.attach(address);
  }

  /** Logs to another engine from now on. */
  attach(address: string): void {
    this.client?.close();
    this.client = new EngineClient(address, credentials.createInsecure());
  }

  /** The log of one resource; `redact` masks every line. */
  forResource(urn: string, redact: (text: string) => string = (text) => text): Log {
    const write =
      (severity: LogSeverity, ephemeral = false) =>
      (message: string): void =>
        this.send(severity, redact(message), urn, ephemeral);
    return {
      debug: write(LogSeverity.DEBUG),
      info: write(LogSeverity.INFO),
      warning: write(LogSeverity.WARNING),
      error: write(LogSeverity.ERROR),
      status: write(LogSeverity.INFO, true),
    };
  }

  /** Resolves when every line written so far has reached the engine. */
  flush(): Promise<void> {
    return this.last;
  }

  private send(severity: LogSeverity, message: string, urn: string, ephemeral: boolean): void {
    const client = this.client;
    if (!client || message === "") return;
    const request = new LogRequest();
    request.setSeverity(severity);
    request.setMessage(message);
    request.setUrn(urn);
    request.setEphemeral(ephemeral);
    this.last = this.last.then(() => new Promise((done) => client.log(request, () => done())));
  }
}
