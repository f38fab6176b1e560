import { type Problem, removeCommand, setCommand } from "./problems";

/** Keys that have another name now: what is needed in their place, by what they hold. */
export const formerKeys: Readonly<Record<string, ((text: string) => Pick<Problem, "needs" | "fix">) | undefined>> = {
  kafkaAdvertiseIpAddresses: (text) => ({
    needs: "its new name `streaming:kafkaAdvertise`, which is addresses for true and none for false",
    fix: [
      removeCommand("kafkaAdvertiseIpAddresses"),
      setCommand("kafkaAdvertise", text === "false" ? "none" : "addresses"),
    ],
  }),
};
