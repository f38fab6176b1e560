import { KafkaClusters } from "../../../../local/cloud/hdinsight";
import { CertificateAuthority } from "../../../../local/cloud/tls";
import { silentLog } from "../../../../local/log";
import { toolPaths } from "../../../../local/paths";

/** Creates the cluster of a spec (JSON) in a home, says so, and stays until it is killed. */
async function main(home: string, spec: string): Promise<void> {
  const tls = await CertificateAuthority.open(`${home}/keys`);
  const clusters = new KafkaClusters({ home, tools: toolPaths(), tls, log: silentLog });
  await clusters.create(JSON.parse(spec));
  console.log("created");
  setInterval(() => undefined, 60_000);
}

void main(process.argv[2] as string, process.argv[3] as string);
