import { readFileSync } from "node:fs";
import * as path from "node:path";

const sdk = "@pulumi/azure-native";
const known = new Map<string, boolean>();

/**
 * Whether Azure takes tags on a resource of this type: whether the provider's own SDK has `tags` among its arguments.
 *
 * @param type token without API version, such as `azure-native:network:VirtualNetwork`
 * @throws Error when the SDK that is installed beside this pack does not have the type
 */
export function takesTags(type: string): boolean {
  const answer = known.get(type) ?? argumentsOf(type).some((line) => /^ {4}tags\?: /.test(line));
  known.set(type, answer);
  return answer;
}

/** The lines of `XArgs` in the SDK's declarations. Files are not always called as their class is: `vnetPeering.d.ts`. */
function argumentsOf(type: string): string[] {
  const [, module, name] = type.split(":");
  const folder = path.join(path.dirname(require.resolve(`${sdk}/package.json`)), module);
  const declarations = (file: string) => {
    try {
      return readFileSync(path.join(folder, `${file}.d.ts`), "utf8");
    } catch {
      return "";
    }
  };
  const [, file] =
    new RegExp(`^export \\{.*\\b${name}Args\\b.*\\} from "\\./(\\w+)"`, "m").exec(declarations("index")) ?? [];
  const [, body] = file
    ? (new RegExp(`^export interface ${name}Args \\{$(.*?)^\\}`, "ms").exec(declarations(file)) ?? [])
    : [];
  if (body === undefined) {
    throw new Error(
      `\`${sdk}\` does not have \`${type}\`: install the version that the program has, beside the policies.`,
    );
  }
  return body.split("\n");
}
