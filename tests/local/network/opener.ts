/** Opens networks and stays, to be killed: `tsx opener.ts <folder> <{"tools", "plan"}>` prints its process id. */
import { NamespaceFabric } from "../../../local/network/namespaces/fabric";

async function main([folder = "", options = ""]: string[]): Promise<void> {
  const { tools, plan } = JSON.parse(options);
  const fabric = await NamespaceFabric.open(folder, tools);
  await fabric.apply(plan);
  console.log(process.pid);
  setInterval(() => undefined, 60_000);
}

void main(process.argv.slice(2));
