import { expect, it } from "vitest";
import { surroundingsOf } from "../../../tools/diff/surroundings";

const theirs = "/subscriptions/0a1b2c3d-0000-4000-8000-000000000000/resourceGroups/shared/providers";
const identity = `${theirs}/Microsoft.ManagedIdentity/userAssignedIdentities/kafka-disks`;
const logs = `${theirs}/microsoft.operationalinsights/workspaces/all-logs`;

it("are what the configuration names that the program does not make, in the region of the stack, each once", () => {
  const values = {
    "azure-native:location": "northeurope",
    "streaming:databricksGroup": "data engineers",
    "streaming:kafkaDiskEncryptionIdentity": identity,
    "streaming:logAnalytics": logs,
    "own:things": [{ identity }, { network: `${theirs}/Microsoft.Network/virtualNetworks/hub` }],
    "own:key": `${identity}/more`,
  };
  expect(surroundingsOf(values)).toEqual({
    location: "northeurope",
    resources: [identity, logs],
    groups: ["data engineers"],
  });
});

it("are nothing where the program makes everything", () => {
  expect(surroundingsOf({ "streaming:logAnalytics": "new" })).toMatchObject({ resources: [], groups: [] });
});
