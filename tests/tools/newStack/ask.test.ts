import { existsSync, readFileSync, statSync } from "node:fs";
import * as path from "node:path";
import { describe, expect, it } from "vitest";
import { isGatewayPassword } from "../../../settings/credentials";
import { complete, type Prompts } from "../../../tools/newStack/ask";
import { Draft } from "../../../tools/newStack/draft";
import { temporaryFolder } from "../../local/setup/loopback";
import { stackText } from "./support";

/** Gives each question the answer whose key it begins with, once what it says against a bad one was recorded. */
function person(answers: Record<string, string>, bad: Record<string, string> = {}) {
  const asked: string[] = [];
  const refused: Record<string, string | undefined> = {};
  const reply = async ({ message, validate }: Parameters<Prompts["text"]>[0]) => {
    const key = Object.keys(answers).find((begin) => message.startsWith(begin));
    if (key === undefined) throw new Error(`Nobody expected: ${message}`);
    asked.push(message);
    if (key in bad) refused[key] = validate?.(bad[key] as string);
    expect(validate?.(answers[key] as string)).toBeUndefined();
    return answers[key] as string;
  };
  const notes: string[] = [];
  const prompts: Prompts = {
    text: reply,
    secret: reply,
    confirm: async (message) => {
      asked.push(message);
      return true;
    },
    note: (text) => notes.push(text),
  };
  return { prompts, asked, refused, notes };
}

const draft = (from: "dev" | "prod" = "dev") => new Draft("test", stackText(from), "x");

describe("the questions of a new stack", () => {
  it("are for what the checks miss, no more, and a bad answer is told what it needs to be", async () => {
    const key = path.join(await temporaryFolder(), "ssh", "streaming");
    const answers = {
      "streaming:kafkaClusterName": "my-kafka",
      "streaming:gatewayPassword": "",
      "File of the private SSH key": key,
      "streaming:operatorAddresses": "203.0.113.7/32, 203.0.113.9/32",
      "streaming:databricksUser": "me@example.com",
    };
    const { prompts, asked, refused } = person(answers, {
      "streaming:kafkaClusterName": "-no-",
      "streaming:operatorAddresses": "0.0.0.0/0",
      "streaming:gatewayPassword": "short",
    });
    const made = draft();
    await complete(made, new Map([["kafkaClusterName", "Name of the cluster. Required."]]), prompts);

    expect(made.problems()).toEqual([]);
    expect(asked).toHaveLength(6);
    expect(asked[0]).toBe("streaming:kafkaClusterName: Name of the cluster.");
    expect(refused["streaming:kafkaClusterName"]).toMatch(/^It needs to be 3 to 59 letters/);
    expect(refused["streaming:operatorAddresses"]).toMatch(/the whole internet is refused/);
    expect(refused["streaming:gatewayPassword"]).toMatch(/10 to 72/);

    // An empty answer has a password made, and a missing file a key pair, which only its owner can read.
    expect(isGatewayPassword(made.encrypt().get("streaming:gatewayPassword") as string)).toBe(true);
    expect(readFileSync(key, "utf8")).toBe(made.encrypt().get("streaming:sshPrivateKey"));
    expect(readFileSync(`${key}.pub`, "utf8")).toMatch(/^ssh-rsa \S{700,} streaming\n$/);
    expect(statSync(key).mode & 0o077).toBe(0);
    expect(existsSync(`${key}.pub`)).toBe(true);
  });

  it("follow from one another: a source of events asks for its token", async () => {
    const made = draft();
    for (const [key, value] of Object.entries({ source: "twitter", kafkaClusterName: "k-1", databricksUser: "a@b.c" }))
      made.set(key, value);
    made.set("operatorAddresses", "203.0.113.7/32");
    const { prompts, asked } = person({
      "streaming:gatewayPassword": "",
      "streaming:twitterBearerToken": "a-bearer-token",
      "File of the private SSH key": path.join(await temporaryFolder(), "key"),
    });
    await complete(made, new Map(), prompts);
    expect(asked.some((message) => message.startsWith("streaming:twitterBearerToken"))).toBe(true);
    expect(made.problems()).toEqual([]);
  });

  it("say what is wrong with a value that is there before they ask for another", async () => {
    const made = draft();
    for (const [key, value] of Object.entries({ kafkaClusterName: "k-1", databricksUser: "a@b.c", rate: "fast" }))
      made.set(key, value);
    made.set("operatorAddresses", "203.0.113.7/32");
    const { prompts, notes } = person({
      "streaming:gatewayPassword": "",
      "streaming:rate": "5",
      "File of the private SSH key": path.join(await temporaryFolder(), "key"),
    });
    await complete(made, new Map(), prompts);
    expect(notes).toEqual([expect.stringMatching(/^streaming:rate: got "fast", needs /)]);
  });
});
