export { SshServer } from "./server";
