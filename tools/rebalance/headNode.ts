import { Client } from "ssh2";
import { Impossible } from "../stack/failure";

export interface Login {
  host: string;
  port: number;
  username: string;
  /** PEM or OpenSSH form. Stays in this process. */
  privateKey: string;
}

/** A connection to a head node by SSH. Its host key is not known, since HDInsight tells it nowhere. */
export class HeadNode {
  private constructor(private readonly client: Client) {}

  /** Connects within 20 seconds. */
  static connect(login: Login): Promise<HeadNode> {
    const client = new Client();
    return new Promise((resolve, reject) => {
      client.on("ready", () => resolve(new HeadNode(client)));
      client.on("error", ({ message }) =>
        reject(
          new Impossible(
            `The head node does not let ${login.username} in at ${login.host}:${login.port}: ${message}. ` +
              "Look whether this machine is among `operatorAddresses`, and whether the key is the cluster's.",
          ),
        ),
      );
      client.connect({ ...login, readyTimeout: 20_000, keepaliveInterval: 10_000 });
    });
  }

  /** Runs a bash script, which goes by standard input, and resolves with what it prints. Rejects with its complaint. */
  run(script: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const broken = () =>
        reject(new Impossible("The connection to the head node broke. Run this again: it carries on."));
      this.client.once("close", broken);
      this.client.exec("bash -s", (error, channel) => {
        if (error) return reject(error);
        let [stdout, stderr] = ["", ""];
        channel.on("data", (data: Buffer) => (stdout += data));
        channel.stderr.on("data", (data: Buffer) => (stderr += data));
        channel.on("close", (code: number | null) => {
          this.client.off("close", broken);
          if (code === 0) resolve(stdout);
          else reject(new Impossible(`A command on the head node ended with ${code}: ${(stderr || stdout).trim()}`));
        });
        channel.end(script);
      });
    });
  }

  close(): void {
    this.client.end();
  }
}
