export type { Login } from "./login";
export { SshServer, type SshServerOptions } from "./server";
export type { ShellOptions } from "./shell";
