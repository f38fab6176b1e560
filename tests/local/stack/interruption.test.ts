import { afterEach, describe, expect, it } from "vitest";
import { Lines } from "../../../local/display/lines";
import { Interruption } from "../../../local/stack/interruption";

const made: Interruption[] = [];
afterEach(() => {
  for (const one of made.splice(0)) one.close();
});

function interruption(command: "start" | "stop" = "start") {
  const said: string[] = [];
  const ended: number[] = [];
  const sent: string[] = [];
  const clock = { now: 10_000 };
  const display = new Lines({ write: (line) => said.push(line) });
  const one = new Interruption(
    display,
    command,
    (code) => ended.push(code),
    () => clock.now,
  );
  made.push(one);
  return { one, said, ended, sent, clock, engine: { kill: (signal: NodeJS.Signals) => sent.push(signal) } };
}

describe("Interruption", () => {
  it("ends the process where no engine runs, with the code that a signal has, and says what to do", () => {
    const { said, ended } = interruption();
    process.emit("SIGINT", "SIGINT");
    expect(ended).toEqual([130]);
    expect(said.join("\n")).toContain("The next `npm start` goes on from here");
    expect(process.listenerCount("SIGINT")).toBe(0);
  });

  it("says of a stop what goes on from there", () => {
    const { said } = interruption("stop");
    process.emit("SIGINT", "SIGINT");
    expect(said.join("\n")).toContain("The next `npm stop` goes on from here; `npm start` makes again what is gone.");
  });

  it("asks a running engine to finish, and orders it to end when asked again", () => {
    const { one, said, ended, sent, clock, engine } = interruption();
    one.engineStarted(engine);
    process.emit("SIGINT", "SIGINT");
    expect(one.asked).toBe(true);
    expect(said.join("\n")).toContain("the engine finishes what it has begun");
    clock.now += 2_000;
    process.emit("SIGINT", "SIGINT");
    expect(sent).toEqual(["SIGINT", "SIGINT"]);
    expect(said.join("\n")).toContain("Ending the engine at once");
    expect(ended).toEqual([]);
  });

  it("takes the signal that npm hands on for the one that the terminal sent", () => {
    const { one, sent, clock, engine } = interruption();
    one.engineStarted(engine);
    process.emit("SIGINT", "SIGINT");
    clock.now += 20;
    process.emit("SIGINT", "SIGINT");
    expect(sent).toEqual(["SIGINT"]);
  });

  it("ends the process again once the engine has ended", () => {
    const { one, ended, engine } = interruption();
    one.engineStarted(engine);
    one.engineEnded();
    process.emit("SIGTERM", "SIGTERM");
    expect(ended).toEqual([143]);
  });
});
