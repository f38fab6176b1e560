import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { describe, expect, it } from "vitest";
import { projectRoot } from "../../../../local/paths";
import { pathInputs } from "../../../../local/plugins/azure-native/spec";
import { specs } from "../../../../local/plugins/azure-native/tables";

const sdk = path.join(projectRoot, "node_modules", "@pulumi", "azure-native");

/** The SDK's class of a resource: its inputs, its outputs and the API version its documentation names. */
function declared(token: string): { inputs: string[]; outputs: string[]; required: string[]; apiVersion?: string } {
  const [, module, name] = token.split(":");
  const base = readdirSync(path.join(sdk, module)).find((one) => one.toLowerCase() === `${name.toLowerCase()}.js`);
  if (!base) throw new Error(`no class ${name} in ${module}`);
  const file = path.join(sdk, module, base);
  const code = readFileSync(file, "utf8");
  const body = code.slice(code.indexOf("if (!opts.id)"), code.indexOf("else {"));
  const names = [...body.matchAll(/resourceInputs\["(\w+)"\] = (undefined \/\*out\*\/)?/g)];
  const documentation = readFileSync(file.replace(/\.js$/, ".d.ts"), "utf8");
  return {
    inputs: names.filter((match) => !match[2]).map((match) => match[1]),
    outputs: names.filter((match) => match[2]).map((match) => match[1]),
    required: [...body.matchAll(/Missing required property '(\w+)'/g)].map((match) => match[1]),
    apiVersion: /Uses Azure REST API version ([\w-]+)/.exec(documentation)?.[1],
  };
}

describe.each([...specs.values()])("$token", (spec) => {
  const sdkClass = declared(spec.token);

  it("has the inputs of the SDK's class, no more and no less", () => {
    expect([...new Set([...spec.inputs, ...pathInputs(spec.path)])].sort()).toEqual(sdkClass.inputs.sort());
  });

  it("has the outputs of the SDK's class", () => {
    // A scope is an input and comes back as an output.
    const outputs = spec.outputs.filter((key) => key !== "scope");
    expect(["azureApiVersion", ...outputs].sort()).toEqual(sdkClass.outputs.sort());
  });

  it("calls the API version that the SDK's documentation names", () => {
    expect(spec.apiVersion).toBe(sdkClass.apiVersion);
  });

  it("requires what the SDK's class requires", () => {
    expect([...pathInputs(spec.path), ...(spec.required ?? [])]).toEqual(expect.arrayContaining(sdkClass.required));
  });
});
