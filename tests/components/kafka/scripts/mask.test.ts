import { describe, expect, it } from "vitest";
import { masked } from "../../../../components/kafka/scripts/mask";

const uri = "https://store.blob.core.windows.net/scripts/tools.sh?sv=2022-11-02&spr=https&sig=aB3%2Fd5E%2Bf7G9h1K3%3D";

describe("what a message says of a script action", () => {
  it.each([
    ["its arguments as a whole", "given --port 9404 here", "--port 9404", "given [secret] here"],
    [
      "each argument",
      "user is operator1, --password is word-2",
      "operator1 --password=word-2",
      "user is [secret], [secret] is [secret]",
    ],
    ["arguments in JSON", String.raw`{"parameters":"a \"b\" c"}`, 'a "b" c', '{"parameters":"[secret]"}'],
    ["arguments in an address", "?p=one%20two%26three", "one two&three", "?p=[secret]"],
  ])("is without %s", (_what, text, parameters, expected) => {
    expect(masked(text, { uri, parameters })).toBe(expected);
  });

  it("is without the signature of its address, as it was written and decoded, and goes on to name the place", () => {
    const text = `no answer from ${uri} (https, sig aB3/d5E+f7G9h1K3=)`;
    expect(masked(text, { uri })).toBe(
      "no answer from https://store.blob.core.windows.net/scripts/tools.sh?[secret] (https, sig [secret])",
    );
  });

  it("is as it was where there is nothing to hide, or no more than three characters of it", () => {
    expect(
      masked("a -x b of https://example.com/tools.sh", { uri: "https://example.com/tools.sh", parameters: "-x" }),
    ).toBe("a -x b of https://example.com/tools.sh");
  });
});
