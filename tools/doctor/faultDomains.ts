import type { CheckedValues } from "../../settings/check";
import type { Login } from "./azure";
import { type Finding, failed, note, ok, unknown } from "./finding";

/**
 * Copies of a partition that Microsoft advises, by the region's number of fault domains
 * (learn.microsoft.com/azure/hdinsight/kafka/apache-kafka-high-availability). Kafka knows of none, so that of three copies
 * two or three may share one of two domains.
 */
const advised: Partial<Record<number, number>> = { 2: 4, 3: 3 };

/** What Azure Compute offers in a region, as far as it is looked at here. */
interface Sku {
  resourceType?: string;
  name?: string;
  capabilities?: { name?: string; value?: string }[];
}

/**
 * Whether a stack's topics have as many copies as Microsoft advises for the region. An advice, so never a problem.
 *
 * @param values the stack's configuration, as far as it is good
 */
export async function faultDomainFinding(
  { arm, subscription }: Login,
  values: Partial<Pick<CheckedValues, "location" | "topics" | "kafkaWorkers">>,
): Promise<Finding> {
  const subject = "Fault domains";
  const { location, topics, kafkaWorkers = 0 } = values;
  if (!location || !topics) return unknown(subject, "needs a region and topics first");
  const region = location.toLowerCase().replaceAll(" ", "");
  try {
    // Resource SKUs takes no other filter than the region's (learn.microsoft.com/rest/api/compute/resource-skus/list).
    const { value } = await arm.get<{ value: Sku[] }>(
      `/subscriptions/${subscription}/providers/Microsoft.Compute/skus`,
      "2021-07-01",
      { $filter: `location eq '${region}'` },
    );
    const domains = faultDomainsOf(value);
    const copies = domains && advised[domains];
    if (!copies)
      return unknown(subject, `${domains ?? "Azure names no number of them"} in ${region}: no advice for that`);
    const text = `${domains} in ${region}, for which Microsoft advises replication factor ${copies}`;
    const fewer = topics.filter((topic) => !topic.deleted && topic.replicationFactor < copies);
    if (fewer.length === 0) return ok(subject, text);
    const list = fewer.map(({ name, replicationFactor }) => `\`${name}\` has ${replicationFactor}`).join(", ");
    return note(
      subject,
      `${text}: ${list}. Set it in \`streaming:topics\` before the first deployment; Kafka keeps that of a topic that is there`,
      kafkaWorkers < copies ? [`pulumi config set streaming:kafkaWorkers ${copies}   # a copy on each`] : undefined,
    );
  } catch (error) {
    return failed(subject, error);
  }
}

/** Of availability sets of VMs with managed disks, which Azure calls aligned: they are what a region's number is told of. */
function faultDomainsOf(skus: readonly Sku[]): number | undefined {
  const set = skus.find(({ resourceType, name }) => resourceType === "availabilitySets" && name === "Aligned");
  const value = set?.capabilities?.find(({ name }) => name === "MaximumPlatformFaultDomainCount")?.value;
  return value === undefined ? undefined : Number(value);
}
