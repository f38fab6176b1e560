import { z } from "zod";
import { badRequest } from "../errors";
import { defineKind, type Kind } from "../kind";

export const actionGroupType = "Microsoft.Insights/actionGroups";

/** Whom alerts are told. The twin tells nobody: nothing raises an alert in it. */
export const actionGroup: Kind = defineKind({
  type: actionGroupType,
  apiVersions: ["2024-10-01-preview", "2023-01-01", "2022-06-01", "2021-09-01"],
  schema: z.looseObject({
    properties: z.looseObject({
      groupShortName: z.string().min(1).max(12, "must have at most 12 characters"),
      enabled: z.boolean().default(true),
      emailReceivers: z
        .array(
          z.looseObject({
            name: z.string().min(1),
            emailAddress: z.string().regex(/^[^\s@]+@[^\s@]+$/, "must be an e-mail address"),
            useCommonAlertSchema: z.boolean().default(false),
          }),
        )
        .default([]),
    }),
  }),
  names: { pattern: /^[^:<>+/&%\\?|]{1,260}$/, rule: "1 to 260 characters without : < > + / & % \\ ? |" },
  // Azure has it in a few regions as well.
  location: "global",

  prepare({ body: { properties } }) {
    const names = properties.emailReceivers.map(({ name }) => name.toLowerCase());
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice) throw badRequest("ReceiverNameDuplicated", `Receiver name '${twice}' is used more than once.`);
    const emailReceivers = properties.emailReceivers.map((receiver) => ({ ...receiver, status: "Enabled" }));
    return { properties: { ...properties, emailReceivers } };
  },
});
