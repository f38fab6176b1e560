import type { Call, Provider, Resource } from "../rpc/provider";
import type { Props } from "../rpc/values";
import { ArmClient } from "./armClient";
import { ArmResource, type Azure } from "./armResource";
import { functionResult } from "./convert";
import { Credentials } from "./credentials";
import { resourceId } from "./resourceId";
import { configuredLocation, readSettings, type Settings } from "./settings";
import { specs } from "./tables";
import { listStorageAccountKeys } from "./tables/storage";

/** `@pulumi/azure-native`: the resources of the tables, managed through Azure Resource Manager. */
export class AzureNativeProvider implements Provider, Azure {
  readonly name = "azure-native";
  readonly version = "3.28.0";
  private config: Props = {};
  private connection: { settings: Settings; credentials: Credentials; client: ArmClient } | undefined;

  configure(config: Props): void {
    this.config = config;
  }

  get location(): string | undefined {
    return configuredLocation(this.config);
  }

  client(): ArmClient {
    return this.connected().client;
  }

  subscriptionId(): string {
    return this.connected().settings.subscriptionId;
  }

  resource(type: string): Resource {
    const spec = specs.get(type);
    if (spec) return new ArmResource(spec, this);
    throw new Error(unknown("resource type", type, [...specs.keys()]));
  }

  async invoke(token: string, args: Props, call: Pick<Call, "signal" | "log">): Promise<Props> {
    if (token === "azure-native:authorization:getClientConfig") {
      return this.connected().credentials.identity(call.signal);
    }
    if (token === "azure-native:storage:listStorageAccountKeys") {
      const { path, apiVersion } = listStorageAccountKeys;
      const expand = typeof args.expand === "string" ? `?$expand=${encodeURIComponent(args.expand)}` : "";
      const id = resourceId(path, this.subscriptionId(), args);
      return this.asked(id, () => this.client().post(`${id}${expand}`, apiVersion, {}, call));
    }
    const spec = specs.get(token.replace(/:get(\w+)$/, ":$1"));
    if (!spec) throw new Error(unknown("function", token, functions()));
    const id = resourceId(spec.path, this.subscriptionId(), args);
    return functionResult(spec, await this.asked(id, () => this.client().get(id, spec.apiVersion, call)));
  }

  private async asked(id: string, question: () => Promise<Props>): Promise<Props> {
    try {
      return await question();
    } catch (error) {
      throw new Error(`request failed ${id}: ${(error as Error).message}`, { cause: error });
    }
  }

  private connected(): NonNullable<AzureNativeProvider["connection"]> {
    if (!this.connection) {
      const settings = readSettings(this.config, process.env);
      const credentials = new Credentials(settings);
      this.connection = { settings, credentials, client: new ArmClient(credentials) };
    }
    return this.connection;
  }
}

function functions(): string[] {
  const getters = [...specs.keys()].map((token) => token.replace(/:(\w+)$/, ":get$1"));
  return [...getters, "azure-native:authorization:getClientConfig", "azure-native:storage:listStorageAccountKeys"];
}

function unknown(kind: string, token: string, known: readonly string[]): string {
  return (
    `the bundled azure-native plugin has no ${kind} \`${token}\`: it has ${known.join(", ")}. ` +
    "The official plugin has the rest: pulumi plugin install resource azure-native 3.28.0"
  );
}
