import { InvalidArgumentError } from "commander";
import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from "vitest";
import { endWith, wholeMessage, wholeNumber } from "../../../tools/stack/command";

let told: MockInstance;
const code = process.exitCode;
beforeEach(() => {
  told = vi.spyOn(console, "error").mockImplementation(() => undefined);
});
afterEach(() => {
  process.exitCode = code;
  told.mockRestore();
});

describe("the end of a command", () => {
  it("is the code that its work comes to", async () => {
    await endWith(Promise.resolve(3));
    expect(process.exitCode).toBe(3);
    expect(told).not.toHaveBeenCalled();
  });

  it("is the code of a failure, told in one line unless all of it is asked for", async () => {
    const failure = new Error("No engine:\nit is gone", { cause: new Error("ENOENT") });
    await endWith(Promise.reject(failure));
    expect(process.exitCode).toBe(1);
    await endWith(Promise.reject(failure), 2, wholeMessage);
    expect(process.exitCode).toBe(2);
    expect(told.mock.calls.flat()).toEqual(["No engine: (ENOENT)", "No engine:\nit is gone"]);
  });
});

it.each(["0", "-1", "1.5", "1e3", "ten", "", "1234567890"])("`%s` is no whole number from 1", (text) => {
  expect(() => wholeNumber(text)).toThrow(InvalidArgumentError);
});

it("a whole number is read as one", () => expect(wholeNumber("120")).toBe(120));
