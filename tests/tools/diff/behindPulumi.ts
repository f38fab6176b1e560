import { readFileSync } from "node:fs";
import { loadKeys } from "../../../local/setup/keys";
import type { ArmClient, Json } from "../../local/cloud/arm/client";
import { client } from "../../local/cloud/databricks/client";
import type { ControlPlaneStack } from "../../local/controlPlaneStack";

interface Resource {
  urn: string;
  id: string;
  inputs: Json;
}

/** What people do to a stack in Azure's portal and in the workspace, without Pulumi. Resources go by their names. */
export class BehindPulumi {
  private constructor(
    readonly arm: ArmClient,
    private readonly workspace: ReturnType<typeof client>,
    private readonly resources: Resource[],
  ) {}

  static async at(stack: ControlPlaneStack): Promise<BehindPulumi> {
    const { stdout } = await stack.pulumi(["stack", "export"]);
    const { deployment } = JSON.parse(String(stdout)) as { deployment: { resources: Resource[] } };
    const { workspaceUrl } = await stack.outputs();
    const authority = readFileSync(stack.environment.SSL_CERT_FILE ?? "", "utf8");
    const { databricksToken } = await loadKeys(stack.home);
    const workspace = client(String(workspaceUrl).replace("https://", ""), authority, databricksToken);
    return new BehindPulumi(await stack.arm(), workspace, deployment.resources);
  }

  /** @throws Error when the stack has none of that name. */
  find(name: string): Resource {
    const found = this.resources.find(({ urn, id }) => urn.endsWith(`::${name}`) && id !== undefined);
    if (!found) throw new Error(`There is no ${name} in the state.`);
    return found;
  }

  /** Reads a resource of Azure, and writes it as `edit` leaves it. */
  async edit(name: string, edit: (resource: Json) => void): Promise<void> {
    const { id } = this.find(name);
    const { body } = await this.arm.get(id);
    edit(body);
    await this.arm.create(id, body);
  }

  async tag(name: string, tags: Record<string, string>): Promise<void> {
    const { id } = this.find(name);
    const { body } = await this.arm.get(id);
    await this.arm.finish(await this.arm.patch(id, { tags: { ...body.tags, ...tags } }));
  }

  async delete(name: string): Promise<void> {
    await this.arm.destroy(this.find(name).id);
  }

  /** A call of the workspace's API that must succeed. */
  post(path: string, body: unknown): Promise<Json> {
    return this.workspace.post(`/api/${path}`, body);
  }

  async get(path: string): Promise<Json> {
    return (await this.workspace.get(`/api/${path}`)).body;
  }

  /** Gives access to an object as its page does: what is not named has none. */
  async permit(name: string, rules: Record<string, string>[]): Promise<void> {
    const path = `/api/2.0/permissions${this.find(name).id}`;
    const { status, text } = await this.workspace.call("PUT", path, { access_control_list: rules });
    if (status !== 200) throw new Error(`PUT ${path}: ${status} ${text}`);
  }
}
