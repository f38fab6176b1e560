import * as path from "node:path";
import { JsonStore } from "../store";
import type { WorkspaceContext } from "./context";
import { alreadyExists, doesNotExist, invalidParameter, limitExceeded } from "./errors";

export type SecretPermission = "READ" | "WRITE" | "MANAGE";

interface Scope {
  secrets: Record<string, { value: string; last_updated_timestamp: number }>;
  acls: Record<string, SecretPermission>;
}

const mostScopes = 1000;
const mostSecrets = 1000;
const mostBytes = 128 * 1024;
const nameRule = /^[\w\-@.]{1,128}$/;

/** Secret scopes. Values are in one file that only its owner can read, and leave this class for notebook runs alone. */
export class Secrets {
  private readonly store: JsonStore<Scope>;

  constructor(private readonly context: WorkspaceContext) {
    this.store = JsonStore.open(path.join(context.folder, "secrets.json"));
  }

  scopes(): string[] {
    return this.store.keys();
  }

  createScope(name: string, managedByUsers: boolean): void {
    checkName("Scope name", name);
    if (this.store.has(name)) throw alreadyExists(`Scope ${name} already exists!`);
    if (this.store.keys().length >= mostScopes) {
      throw limitExceeded(`The workspace has reached its limit of ${mostScopes} secret scopes`);
    }
    const acls: Scope["acls"] = { [this.context.userName]: "MANAGE", ...(managedByUsers && { users: "MANAGE" }) };
    this.store.set(name, { secrets: {}, acls });
  }

  deleteScope(name: string): void {
    this.scope(name);
    this.store.delete(name);
  }

  put(scopeName: string, key: string, value: string): void {
    const scope = this.scope(scopeName);
    checkName("Secret key", key);
    if (Buffer.byteLength(value) > mostBytes) {
      throw limitExceeded(`The value of secret ${key} is larger than ${mostBytes} bytes`);
    }
    if (!Object.hasOwn(scope.secrets, key) && Object.keys(scope.secrets).length >= mostSecrets) {
      throw limitExceeded(`Scope ${scopeName} has reached its limit of ${mostSecrets} secrets`);
    }
    const secrets = { ...scope.secrets, [key]: { value, last_updated_timestamp: Date.now() } };
    this.store.set(scopeName, { ...scope, secrets });
  }

  /** Keys and when they were last put: never values. */
  list(scopeName: string): { key: string; last_updated_timestamp: number }[] {
    return Object.entries(this.scope(scopeName).secrets).map(([key, { last_updated_timestamp }]) => ({
      key,
      last_updated_timestamp,
    }));
  }

  delete(scopeName: string, key: string): void {
    const scope = this.scope(scopeName);
    if (!Object.hasOwn(scope.secrets, key))
      throw doesNotExist(`Secret does not exist with scope: ${scopeName} and key: ${key}`);
    const { [key]: _, ...secrets } = scope.secrets;
    this.store.set(scopeName, { ...scope, secrets });
  }

  acls(scopeName: string): { principal: string; permission: SecretPermission }[] {
    return Object.entries(this.scope(scopeName).acls).map(([principal, permission]) => ({ principal, permission }));
  }

  acl(scopeName: string, principal: string): { principal: string; permission: SecretPermission } {
    const { acls } = this.scope(scopeName);
    const permission = Object.hasOwn(acls, principal) ? acls[principal] : undefined;
    if (!permission) throw doesNotExist(`Failed to get secret acl for principal ${principal} in scope ${scopeName}.`);
    return { principal, permission };
  }

  putAcl(scopeName: string, principal: string, permission: SecretPermission): void {
    const scope = this.scope(scopeName);
    this.store.set(scopeName, { ...scope, acls: { ...scope.acls, [principal]: permission } });
  }

  deleteAcl(scopeName: string, principal: string): void {
    this.acl(scopeName, principal);
    const scope = this.scope(scopeName);
    const { [principal]: _, ...acls } = scope.acls;
    this.store.set(scopeName, { ...scope, acls });
  }

  /** All values by scope and key, for `dbutils.secrets` of a notebook run. */
  forRun(): Record<string, Record<string, string>> {
    return Object.fromEntries(
      this.store
        .entries()
        .map(([name, { secrets }]) => [
          name,
          Object.fromEntries(Object.entries(secrets).map(([key, secret]) => [key, secret.value])),
        ]),
    );
  }

  private scope(name: string): Scope {
    const scope = this.store.get(name);
    if (!scope) throw doesNotExist(`Scope ${name} does not exist!`);
    return scope;
  }
}

function checkName(what: string, name: string): void {
  if (nameRule.test(name)) return;
  throw invalidParameter(
    `${what} must have 1 to 128 alphanumeric characters, dashes, underscores, @ and periods, got "${name.slice(0, 150)}"`,
  );
}
