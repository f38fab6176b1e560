import { readEndpoints } from "../endpoints";
import { PageAccess } from "../page/access";
import { twinPaths } from "../paths";
import { loadKeys } from "../setup/keys";

/** Prints an address of the page that lets one browser in, and opens it where there is a browser to be seen. */
export async function open(options: { browser: boolean }): Promise<void> {
  const home = twinPaths().root;
  const endpoints = readEndpoints(home);
  if (!endpoints) throw new Error("The local environment is not running. Start it with `npm start`.");
  if (!endpoints.page) {
    throw new Error(
      "The local services were started by an earlier version, which has no page. Run `npm stop` and `npm start`.",
    );
  }
  const address = new URL("login", endpoints.page);
  address.searchParams.set("ticket", new PageAccess(await loadKeys(home)).ticket());
  console.log(`${address}\n\nIt lets one browser in, within five minutes; the browser then stays logged in for a day.`);
  if (options.browser && hasBrowser()) await openBrowser(address.href);
}

/** Not on a server, and not where nobody looks. */
function hasBrowser(env = process.env): boolean {
  if (env.CI || env.SSH_CONNECTION || !process.stdout.isTTY) return false;
  return process.platform !== "linux" || Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);
}

async function openBrowser(address: string): Promise<void> {
  const { default: launch } = await import("open");
  const browser = await launch(address);
  browser.once("error", (error) =>
    console.log(`No browser could be opened (${error.message}): open the address yourself.`),
  );
}
