import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import * as path from "node:path/posix";
import type { CheckFailure } from "../rpc/provider";
import { type Props, text, without } from "../rpc/values";
import { ApiError, type Workspace } from "./workspace";
import type { Declaration, Operations } from "./workspaceResource";

export const notebookDeclaration: Declaration = {
  required: ["path"],
  replaceOn: ["path"],
  outputs: ["url", "workspacePath", "objectId", "objectType"],
  computed: ["format", "language"],
  local: ["contentBase64", "source", "md5", "format", "providerConfig"],
};

const languages: Readonly<Record<string, string>> = {
  ".scala": "SCALA",
  ".py": "PYTHON",
  ".sql": "SQL",
  ".r": "R",
};

export const notebookOperations: Operations = {
  check: notebookProblems,

  prepare(inputs) {
    // A file may change while its name stays: its hash makes that a change of the inputs.
    const source = text(inputs, "source");
    const added: Props = {};
    if (source !== undefined) added.md5 = createHash("md5").update(readFileSync(source)).digest("hex");
    return added;
  },

  async create(workspace, inputs, { signal }) {
    await write(workspace, inputs, signal);
    const id = String(inputs.path);
    return { id, state: await stateOf(workspace, inputs, signal) };
  },

  async read(workspace, { id, inputs }, { signal }) {
    const found = await workspace.find("/api/2.0/workspace/get-status", { path: id }, signal);
    if (!found) return undefined;
    const described = describe(workspace, id, found);
    if (Object.keys(inputs).length > 0) return described;
    // A notebook that is being imported brings its content along.
    const exported = await workspace.get("/api/2.0/workspace/export", { path: id, format: "SOURCE" }, signal);
    return { ...described, contentBase64: exported.content };
  },

  async update(workspace, inputs, _existing, { signal }) {
    await write(workspace, inputs, signal);
    return stateOf(workspace, inputs, signal);
  },

  delete(workspace, { id }, { signal }) {
    return workspace.remove("/api/2.0/workspace/delete", { path: id, recursive: true }, signal);
  },
};

function notebookProblems(inputs: Props): CheckFailure[] {
  const failures: CheckFailure[] = [];
  const fail = (property: string, reason: string): number => failures.push({ property, reason });
  const given = ["source", "contentBase64"].filter((key) => key in inputs);
  if (given.length !== 1) {
    fail(
      "contentBase64",
      `give either \`source\` or \`contentBase64\`, not ${given.length === 0 ? "neither" : "both"}`,
    );
  }
  if ("contentBase64" in inputs && !("language" in inputs)) {
    fail("language", "`language` is missing: content needs one of SCALA, PYTHON, SQL, R");
  }
  const source = text(inputs, "source");
  if (source !== undefined && !("language" in inputs) && languageOf(source) === undefined) {
    fail("language", `cannot tell the language of ${JSON.stringify(source)} by its name: set \`language\``);
  }
  if (source !== undefined && !existsSync(source))
    fail("source", `\`source\` is ${JSON.stringify(source)}: no such file`);
  return failures;
}

function languageOf(file: string): string | undefined {
  return languages[path.extname(file).toLowerCase()];
}

/** Imports the notebook, over the present one if there is one. The folder is made when it is missing. */
async function write(workspace: Workspace, inputs: Props, signal: AbortSignal): Promise<void> {
  const source = text(inputs, "source");
  const body = {
    path: inputs.path,
    content: source === undefined ? inputs.contentBase64 : readFileSync(source).toString("base64"),
    language: text(inputs, "language") ?? languageOf(source ?? "") ?? null,
    format: text(inputs, "format") ?? "SOURCE",
    overwrite: true,
  };
  const send = (): Promise<Props> => workspace.post("/api/2.0/workspace/import", body, signal);
  try {
    await send();
  } catch (error) {
    if (!(error instanceof ApiError) || !error.isMissing) throw error;
    await workspace.post("/api/2.0/workspace/mkdirs", { path: path.dirname(String(inputs.path)) }, signal);
    await send();
  }
}

async function stateOf(workspace: Workspace, inputs: Props, signal: AbortSignal): Promise<Props> {
  const id = String(inputs.path);
  const found = await workspace.get("/api/2.0/workspace/get-status", { path: id }, signal);
  return { format: "SOURCE", ...without(inputs, ["language"]), ...describe(workspace, id, found) };
}

function describe(workspace: Workspace, id: string, status: Props): Props {
  return {
    path: id,
    language: status.language,
    objectId: status.object_id,
    objectType: status.object_type,
    url: `${workspace.host}/#workspace${id}`,
    workspacePath: `/Workspace${id}`,
  };
}
