import type { Call, Provider, Resource } from "../rpc/provider";
import { type Props, text } from "../rpc/values";
import { clusterDeclaration, clusterOperations } from "./cluster";
import { jobDeclaration, jobOperations } from "./job";
import { notebookDeclaration, notebookOperations } from "./notebook";
import { directoryDeclaration, directoryOperations, policyDeclaration, policyOperations } from "./otherResources";
import { permissionsDeclaration, permissionsOperations } from "./permissions";
import {
  aclDeclaration,
  aclOperations,
  scopeDeclaration,
  scopeOperations,
  secretDeclaration,
  secretOperations,
} from "./secretResources";
import { readSettings } from "./settings";
import { Workspace } from "./workspace";
import { type Declaration, type Operations, WorkspaceResource } from "./workspaceResource";

const types: Readonly<Record<string, [Declaration, Operations]>> = {
  "databricks:index/cluster:Cluster": [clusterDeclaration, clusterOperations],
  "databricks:index/clusterPolicy:ClusterPolicy": [policyDeclaration, policyOperations],
  "databricks:index/directory:Directory": [directoryDeclaration, directoryOperations],
  "databricks:index/job:Job": [jobDeclaration, jobOperations],
  "databricks:index/notebook:Notebook": [notebookDeclaration, notebookOperations],
  "databricks:index/permissions:Permissions": [permissionsDeclaration, permissionsOperations],
  "databricks:index/secret:Secret": [secretDeclaration, secretOperations],
  "databricks:index/secretAcl:SecretAcl": [aclDeclaration, aclOperations],
  "databricks:index/secretScope:SecretScope": [scopeDeclaration, scopeOperations],
};

/** `@pulumi/databricks`: resources of a workspace, through its REST API. */
export class DatabricksProvider implements Provider {
  readonly name = "databricks";
  readonly version = "1.110.0";
  private config: Props = {};
  private connection: Workspace | undefined;

  configure(config: Props): void {
    this.config = config;
  }

  resource(type: string): Resource {
    const known = types[type];
    if (known) return new WorkspaceResource(known[0], known[1], () => this.workspace());
    throw new Error(
      `the bundled databricks plugin has no resource type \`${type}\`: it has ${Object.keys(types).join(", ")}. ` +
        "The official plugin has the rest: pulumi plugin install resource databricks 1.110.0",
    );
  }

  async invoke(token: string, _args: Props, { signal }: Pick<Call, "signal" | "log">): Promise<Props> {
    if (token !== "databricks:index/getCurrentUser:getCurrentUser") {
      throw new Error(`the bundled databricks plugin has no function \`${token}\`: it has getCurrentUser`);
    }
    const workspace = this.workspace();
    const me = await workspace.get("/api/2.0/preview/scim/v2/Me", {}, signal);
    const userName = text(me, "userName") ?? "";
    return {
      id: me.id,
      userName,
      home: `/Users/${userName}`,
      repos: `/Repos/${userName}`,
      alphanumeric: userName
        .split("@")[0]
        .replace(/[^A-Za-z0-9]+/g, "_")
        .toLowerCase(),
      externalId: me.externalId ?? "",
      aclPrincipalId: `users/${userName}`,
      workspaceUrl: workspace.host,
    };
  }

  private workspace(): Workspace {
    this.connection ??= new Workspace(readSettings(this.config, process.env));
    return this.connection;
  }
}
