/**
 * Waits until a role assignment is old enough to be in effect everywhere. Run by `KafkaStorage`; may be run any number of
 * times, and does not wait for one that is old enough already.
 *
 * An assignment takes effect some time after it is made; nothing tells when, and only the identity itself could try it out.
 * "It can take up to 10 minutes for changes to take effect":
 * https://learn.microsoft.com/azure/role-based-access-control/troubleshooting
 */
import { setTimeout as sleep } from "node:timers/promises";

async function main(): Promise<void> {
  const { ROLE_CREATED_ON: createdOn = "", ROLE_WAIT_MINUTES: asked } = process.env;
  // What the environment of the deployment says goes before the program: elsewhere roles may take effect at once.
  const minutes = Number(process.env.AZURE_ROLE_WAIT_MINUTES || asked);
  if (!(minutes >= 0 && minutes <= 30)) {
    throw new Error(
      "`ROLE_WAIT_MINUTES` (or `AZURE_ROLE_WAIT_MINUTES`, which goes before it) has to be 0 to 30 minutes, not " +
        `\`${process.env.AZURE_ROLE_WAIT_MINUTES || asked}\`.`,
    );
  }
  const waited = await untilOld(Date.parse(createdOn), minutes * 60_000);
  console.log(JSON.stringify({ waitedSeconds: Math.round(waited / 1000) }));
}

/** Returns for how many milliseconds it has waited. */
async function untilOld(createdMs: number, wantedMs: number): Promise<number> {
  // One whose age is not known counts as new.
  const age = Number.isNaN(createdMs) ? 0 : Date.now() - createdMs;
  // A clock that is behind Azure's would make it wait for longer than was asked for.
  const rest = Math.min(Math.max(wantedMs - age, 0), wantedMs);
  if (rest > 0) {
    const end = new Date(Date.now() + rest).toISOString().slice(11, 16);
    console.error(`The role on the storage may not be in effect before ${end} UTC: waiting until then.`);
    await sleep(rest);
  }
  return rest;
}

main().catch((error: Error) => {
  console.error(`Waiting for the role on the Kafka cluster's storage failed: ${error.message}`);
  process.exitCode = 1;
});
