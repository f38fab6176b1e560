import * as path from "node:path";

/** The stack that is kept of each release: a small environment, as its stack file makes it. */
export const stackName = "dev";

/** What is known of a release beside its state. */
export interface Release {
  /** Commit that was deployed, 40 digits. */
  commit: string;
  /** Encrypts the secrets in state and configuration, all of which are made up. */
  passphrase: string;
  /** Ids that the state has in the names of its resources. */
  azure: { tenantId: string; subscriptionId: string; clientId: string };
}

/** Where all releases are kept, by version. */
export const releasesFolder = path.join(__dirname, "releases");

export const releaseFolder = (version: string) => path.join(releasesFolder, version);
