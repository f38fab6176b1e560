import { scrypt } from "node:crypto";
import { promisify } from "node:util";
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
  /**
   * Name of the scope, known before its secrets are in it: what reads those needs `dependsOn` this component.
   *
   * Made of the secrets, the name would tie what reads them to each. In a preview of a new workspace the engine would ask
   * that workspace's provider what becomes of it, and end with an error: there is no workspace to ask yet.
   * Source: `calculateDependentReplacements` in Pulumi's pkg/resource/deploy/step_generator.go
   */
  readonly scopeName: pulumi.Output<string>;
  /**
   * Eight hex digits that change when a secret does, for jobs that have read it; undefined where there is none. Made of the
   * values and not of the resources, for the reason above, by scrypt with the scope's name as salt. It is no secret: whoever
   * sees it can try guesses against it, so it is for values that nobody can guess, such as tokens.
   */
  readonly version?: pulumi.Output<string>;

  constructor(name: string, args: SecretScopeArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streaming:databricks:SecretScope", name, {}, opts);
    const options = inWorkspace(args.workspace, this);

    const scope = new databricks.SecretScope(`${name}-scope`, { name: args.scopeName }, options);
    for (const [key, value] of Object.entries(args.secrets)) {
      new databricks.Secret(
        `${name}-${key}`,
        { scope: scope.name, key, stringValue: pulumi.secret(value) },
        // A secret has no identity but its key: made anew before the old one is deleted, it would be deleted with it.
        { ...options, deletedWith: scope, deleteBeforeReplace: true },
      );
    }
    this.scopeName = scope.name;
    if (Object.keys(args.secrets).length > 0) {
      this.version = pulumi.unsecret(pulumi.all([args.scopeName, args.secrets]).apply(versionOf));
    }

    this.registerOutputs({ scopeName: this.scopeName });
  }
}

async function versionOf([scopeName, secrets]: [string, Record<string, string>]): Promise<string> {
  const digest = await promisify(scrypt)(JSON.stringify(Object.entries(secrets).sort()), scopeName, 4);
  return (digest as Buffer).toString("hex");
}
