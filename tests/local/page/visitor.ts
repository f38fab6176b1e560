import * as http from "node:http";
import type { Snapshot } from "../../../local/page/model";

/** Somebody who has the printed address and no browser. */
export class PageVisitor {
  private constructor(
    private readonly base: string,
    private readonly cookie: string,
  ) {}

  static async enter(address: string): Promise<PageVisitor> {
    const answer = await fetch(address, { redirect: "manual" });
    const cookie = answer.headers.get("set-cookie")?.split(";")[0];
    if (!cookie) throw new Error(`${address} let nobody in: ${answer.status} ${await answer.text()}`);
    return new PageVisitor(new URL(".", address).href, cookie);
  }

  /** The first snapshot that is as wanted. Rejects, with the last one, when none comes in a minute. */
  snapshot(wanted: (snapshot: Snapshot) => boolean): Promise<Snapshot> {
    return new Promise((resolve, reject) => {
      let text = "";
      let last: Snapshot | undefined;
      const asked = http.get(`${this.base}snapshots`, { headers: { cookie: this.cookie } }, (answer) => {
        answer.setEncoding("utf8").on("data", (chunk: string) => {
          text += chunk;
          const events = text.split("\n\n");
          text = events.pop() ?? "";
          for (const event of events.filter((one) => one.startsWith("data: "))) {
            last = JSON.parse(event.slice("data: ".length)) as Snapshot;
            if (wanted(last)) finish(() => resolve(last as Snapshot));
          }
        });
      });
      const timer = setTimeout(() => finish(() => reject(new Error(`Last: ${JSON.stringify(last)}`))), 60_000);
      const finish = (how: () => void) => {
        clearTimeout(timer);
        how();
        asked.destroy();
      };
      asked.on("error", (error) => finish(() => reject(error)));
    });
  }

  /** A resource's state, as text. */
  async resource(urn: string): Promise<string> {
    const headers = { cookie: this.cookie };
    const answer = await fetch(`${this.base}resource?urn=${encodeURIComponent(urn)}`, { headers });
    if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
    return answer.text();
  }
}
