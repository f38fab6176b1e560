import * as http from "node:http";
import { readEndpoints } from "../endpoints";
import { loadKeys } from "../setup/keys";
import { PageAccess } from "./access";
import { cookieName } from "./login";
import type { Snapshot } from "./model";

/** What a look may take, ms: it asks brokers and the workspace. */
const deadlineMs = 30_000;

/** One look at the running environment in `home`, as the page has it. Rejects with the reason when nothing can be seen. */
export async function look(home: string): Promise<Snapshot> {
  const page = readEndpoints(home)?.page;
  if (!page) throw new Error("The local environment is not running. Start it with `npm start`.");
  const access = new PageAccess(await loadKeys(home));
  const session = access.redeem(access.ticket())?.session ?? "";
  const headers = { cookie: `${cookieName}=${encodeURIComponent(session)}` };
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(deadlineMs);
    const request = http.get(new URL("snapshots", page), { headers, signal }, (response) => {
      if (response.statusCode !== 200) {
        reject(new Error(`The page answered ${response.statusCode}.`));
        response.destroy();
        return;
      }
      let text = "";
      response.setEncoding("utf8").on("data", (more: string) => {
        text += more;
        const data = /^data: (.*)\n\n/m.exec(text)?.[1];
        if (data === undefined) return;
        resolve(JSON.parse(data) as Snapshot);
        request.destroy();
      });
      // Also told when this side ends the connection; then there is a snapshot already.
      response.on("error", reject);
    });
    request.on("error", reject);
  });
}
