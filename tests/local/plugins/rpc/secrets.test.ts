import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { annotate, containsSecret, plainProps, redactor } from "../../../../local/plugins/rpc/secrets";
import { type Props, Secret, type Value } from "../../../../local/plugins/rpc/values";

const { value } = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.string(),
    fc.integer(),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom("a", "b", "c"), tie("value"), { noNullPrototype: true }),
    tie("value").map((inner) => new Secret(inner)),
  ),
}));

/** Every leaf below a secret, as text. */
function hidden(value: Value, secret = false): string[] {
  if (value instanceof Secret) return hidden(value.value, true);
  if (typeof value === "object" && value !== null) return Object.values(value).flatMap((item) => hidden(item, secret));
  return secret ? [`${typeof value}:${value}`] : [];
}

describe("secret marks", () => {
  it("are put back on outputs wherever the inputs had them", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom("x", "y"), value, { noNullPrototype: true }), (inputs) => {
        const outputs = annotate(plainProps(inputs), inputs);
        expect(plainProps(outputs)).toEqual(plainProps(inputs));
        expect(hidden(outputs)).toEqual(expect.arrayContaining(hidden(inputs)));
      }),
    );
  });

  it("cover the whole output of an input that is secret as a whole, with what the service adds", () => {
    const inputs: Props = { properties: new Secret({ password: "p" }), tags: { a: "b" } };
    const outputs = annotate({ properties: { password: "p", endpoint: "e" }, tags: { a: "b" } }, inputs);
    expect(outputs).toEqual({ properties: new Secret({ password: "p", endpoint: "e" }), tags: { a: "b" } });
  });

  it("stay at the leaf when the input has them there", () => {
    const outputs = annotate({ o: { a: "1", b: "2" } }, { o: { a: new Secret("1"), b: "2" } });
    expect(outputs).toEqual({ o: { a: new Secret("1"), b: "2" } });
  });

  it("cover a list that has become another kind of value", () => {
    expect(annotate({ list: "a,b" }, { list: ["a", new Secret("b")] })).toEqual({ list: new Secret("a,b") });
  });

  it("are not invented", () => {
    expect(containsSecret(annotate({ a: "x", b: "y" }, { a: "x" }))).toBe(false);
  });
});

describe("masking", () => {
  it("hides secret strings anywhere in a text", () => {
    const redact = redactor({ environment: { TOKEN: new Secret("abcdefgh") } });
    expect(redact("curl -H abcdefgh; echo abcdefgh")).toBe("curl -H [secret]; echo [secret]");
  });

  it("hides single lines of a secret of many lines", () => {
    const redact = redactor({ script: new Secret("#!/bin/sh\nexport PASSWORD=hunter2hunter2\n") });
    expect(redact("line 2: export PASSWORD=hunter2hunter2: failed")).toBe("line 2: [secret]: failed");
  });

  it("hides the credentials in an object that is secret as a whole, but not its host", () => {
    const redact = redactor({
      connection: new Secret({ host: "127.0.0.6", password: "hunter22", privateKey: "PEMPEM" }),
    });
    expect(redact("127.0.0.6 refused hunter22 and PEMPEM")).toBe("127.0.0.6 refused [secret] and [secret]");
  });

  it("leaves short strings alone, which occur by chance", () => {
    expect(redactor({ a: new Secret("5.1") })("version 5.1")).toBe("version 5.1");
  });

  it("never shows a secret by string conversion or JSON", () => {
    const secret = new Secret("hunter2");
    expect(`${secret} ${JSON.stringify({ secret })}`).not.toContain("hunter2");
  });
});
