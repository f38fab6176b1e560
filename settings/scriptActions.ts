import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { keyName, type Problem, setCommand, show } from "./problems";

const nameNeeds = 'letters, digits, "-" and "_", 1 to 50';
const uriNeeds = "the https address of a bash script, without a user in it";
const rolesNeed = "a list of headnode, workernode and zookeepernode, each of them once or not";
const parametersNeed = "the script's arguments on one line, at most 4096 characters";

export const scriptActionsNeed = "a list of script actions, each with name, uri and roles";

const scriptAction = z.strictObject(
  {
    name: z.string(nameNeeds).regex(/^[\w-]{1,50}$/, nameNeeds),
    uri: z.string(uriNeeds).refine(isScriptAddress, uriNeeds),
    roles: z
      .array(z.enum(["headnode", "workernode", "zookeepernode"], rolesNeed), rolesNeed)
      .min(1, rolesNeed)
      .refine((roles) => new Set(roles).size === roles.length, rolesNeed),
    parameters: z
      .string(parametersNeed)
      .regex(/^[^\r\n]{0,4096}$/, parametersNeed)
      .optional(),
  },
  { error: "name, uri, roles and parameters, and nothing else" },
);

/** The `kafkaScriptActions` of a stack file. */
export const scriptActionList = z.array(scriptAction, scriptActionsNeed);

export const exampleScriptAction = {
  name: "tools",
  uri: "https://example.com/tools.sh",
  roles: ["workernode"],
  parameters: "quiet",
};

type ScriptAction = z.output<typeof scriptAction>;

function isScriptAddress(uri: string): boolean {
  if (!URL.canParse(uri) || /\s/.test(uri)) return false;
  const { protocol, username, password, pathname } = new URL(uri);
  return protocol === "https:" && !username && !password && pathname !== "/";
}

/** HDInsight keeps script actions by their names. */
export function scriptActionProblems({
  kafkaScriptActions: actions = [],
}: {
  kafkaScriptActions?: ScriptAction[];
}): Problem[] {
  return actions.flatMap(({ name }, index) => {
    const first = actions.findIndex((other) => other.name.toLowerCase() === name.toLowerCase());
    if (first === index) return [];
    return [
      {
        key: keyName("kafkaScriptActions", [index, "name"]),
        got: show(name),
        needs: `another name than kafkaScriptActions[${first}] has: HDInsight knows script actions by it`,
        fix: [setCommand("kafkaScriptActions", `${name.slice(0, 45)}-${index + 1}`, [index, "name"])],
      },
    ];
  });
}

/** Arguments are secret, and so is an address with a signature: whoever has that has the script. */
export function scriptActionSettings({ kafkaScriptActions: actions = [] }: { kafkaScriptActions?: ScriptAction[] }) {
  return actions.map(({ name, uri, roles, parameters }) => ({
    name,
    uri: uri.includes("?") ? pulumi.secret(uri) : uri,
    roles,
    parameters: parameters === undefined ? undefined : pulumi.secret(parameters),
  }));
}
