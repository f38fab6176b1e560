import * as databricks from "@pulumi/databricks";
import * as pulumi from "@pulumi/pulumi";
import { inWorkspace, type WorkspaceConnection } from "./connection";

export interface SecretScopeArgs {
  /** Workspace that the scope is made in. */
  workspace: WorkspaceConnection;
  /** Name of the scope, as notebooks ask for it. A change replaces it. */
  scopeName: string;
  /** Secrets by key. A changed value replaces that secret. */
  secrets: Record<string, pulumi.Input<string>>;
}

/** Credentials that notebooks read with `dbutils.secrets.get`, and that never stand in a notebook or a job. */
export class SecretScope extends pulumi.ComponentResource {
  /** Name of the scope, known once its secrets are in it. */
  readonly scopeName: pulumi.Output<string>;
  /** Changes when a secret does, for jobs that have read it; undefined where there is none. No secret itself. */
  readonly version?: pulumi.Output<string>;

  constructor(name: string, args: SecretScopeArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streaming:databricks:SecretScope", name, {}, opts);
    const options = inWorkspace(args.workspace, this);

    const scope = new databricks.SecretScope(`${name}-scope`, { name: args.scopeName }, options);
    const secrets = Object.entries(args.secrets).map(
      ([key, value]) =>
        new databricks.Secret(
          `${name}-${key}`,
          { scope: scope.name, key, stringValue: pulumi.secret(value) },
          // A secret has no identity but its key: made anew before the old one is deleted, it would be deleted with it.
          { ...options, deletedWith: scope, deleteBeforeReplace: true },
        ),
    );
    this.scopeName = pulumi.all([scope.name, ...secrets.map((secret) => secret.id)]).apply(([scopeName]) => scopeName);
    if (secrets.length > 0) {
      const times = secrets.map(({ lastUpdatedTimestamp }) => lastUpdatedTimestamp);
      this.version = pulumi.all(times).apply((known) => String(Math.max(...known)));
    }

    this.registerOutputs({ scopeName: this.scopeName });
  }
}
