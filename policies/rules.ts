import { autoTermination, supportedRuntimes } from "./databricks";
import { nodeEncryption, transportSecurity } from "./encryption";
import { replication, retiredSizes } from "./kafka";
import { inboundAddresses, privateStorage } from "./network";
import { protectedData } from "./protection";
import type { Rule } from "./rule";
import { requiredTags } from "./tags";

/** Every rule that looks at one resource. */
export const rules: readonly Rule[] = [
  inboundAddresses,
  privateStorage,
  transportSecurity,
  nodeEncryption,
  requiredTags,
  protectedData,
  autoTermination,
  supportedRuntimes,
  replication,
  retiredSizes,
];
