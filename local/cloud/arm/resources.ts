import { z } from "zod";
import { defineKind } from "./kind";

/** Microsoft.Resources: resource groups. Their deletion takes all that is in them along, in order of need. */
export const resourceGroup = defineKind({
  type: "Microsoft.Resources/resourceGroups",
  apiVersions: [
    "2024-03-01",
    "2025-04-01",
    "2025-03-01",
    "2024-11-01",
    "2024-07-01",
    "2023-07-01",
    "2022-12-01",
    "2022-09-01",
    "2021-04-01",
    "2021-01-01",
    "2020-10-01",
    "2020-06-01",
    "2019-10-01",
    "2019-05-01",
  ],
  schema: z.looseObject({ managedBy: z.string().optional() }),
  names: {
    pattern: /^[\p{L}\p{N}_().-]{0,89}[\p{L}\p{N}_()-]$/u,
    rule: "1 to 90 letters, digits, `_`, `-`, `.` and parentheses, not ending with `.`",
  },
  location: "region",
  longRunning: { delete: "location" },

  prepare: () => ({ properties: {} }),

  async deprovision(stored, world) {
    const [, , subscription = ""] = stored.resource.id.split("/");
    await world.destroyAll(subscription, stored.resource.name);
  },

  // A deletion that was blocked is rolled back: what could be deleted is gone, the group stays usable.
  failed: () => ({ provisioningState: "Succeeded" }),
});
