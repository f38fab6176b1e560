import * as privatedns from "@pulumi/azure-native/privatedns";
import * as pulumi from "@pulumi/pulumi";

export interface BrokerNamesArgs {
  /** Resource group of the zone. A change replaces it. */
  resourceGroupName: pulumi.Input<string>;
  /** Name of the private DNS zone, two labels or more, such as `kafka.internal`. A change replaces it. */
  zoneName: pulumi.Input<string>;
  /** ARM ids of the virtual networks in which the names are answered, by a short name for each. */
  networks: Record<string, pulumi.Input<string>>;
  /** Number of brokers, known before there are any: each has a record set of its own. */
  count: number;
  /** IP addresses of the brokers, `count` of them, in the order of the names. */
  addresses: pulumi.Input<string[]>;
  /** Tags on zone and links. Default: none. */
  tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/**
 * A private DNS zone with one name for each broker, `broker-0` and so on, answered in the networks that are linked to it.
 *
 * A name belongs to a place in the list of addresses, not to a machine: `broker-0` is whichever broker has the first. When
 * a node gets another address, the records of all whose place changes are changed with it.
 */
export class BrokerNames extends pulumi.ComponentResource {
  /** Full names, in the order of the addresses, once all of them are answered. */
  readonly names: pulumi.Output<string[]>;

  constructor(name: string, args: BrokerNamesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streaming:kafka:BrokerNames", name, {}, opts);
    const { resourceGroupName, tags, count } = args;
    const parent = { parent: this };

    const zone = new privatedns.PrivateZone(
      `${name}-zone`,
      { resourceGroupName, privateZoneName: args.zoneName, location: "global", tags },
      parent,
    );
    const inZone = { resourceGroupName, privateZoneName: zone.name };
    const links = Object.entries(args.networks).map(
      ([network, id]) =>
        new privatedns.VirtualNetworkLink(
          `${name}-${network}-link`,
          {
            ...inZone,
            virtualNetworkLinkName: network,
            location: "global",
            virtualNetwork: { id },
            registrationEnabled: false,
            tags,
          },
          // A network is linked to a zone once, and a link cannot be led to another network.
          { ...parent, deleteBeforeReplace: true, replaceOnChanges: ["virtualNetwork"] },
        ),
    );

    const addresses = pulumi.output(args.addresses).apply((list) => checkCount(list, count));
    const records = Array.from(
      { length: count },
      (_, index) =>
        new privatedns.PrivateRecordSet(
          `${name}-broker-${index}`,
          {
            ...inZone,
            recordType: "A",
            relativeRecordSetName: `broker-${index}`,
            // Seconds: how long a client goes on with the address of a node that has been replaced.
            ttl: 60,
            aRecords: [{ ipv4Address: addresses[index] }],
          },
          parent,
        ),
    );

    this.names = pulumi
      .all([zone.name, ...links.map(({ id }) => id), ...records.map(({ id }) => id)])
      .apply(([zoneName]) => Array.from({ length: count }, (_, index) => `broker-${index}.${zoneName}`));
    this.registerOutputs({ names: this.names });
  }
}

/** @throws Error where a broker would have no name, or a name no broker */
export function checkCount(addresses: string[], count: number): string[] {
  if (addresses.length === count) return addresses;
  throw new Error(
    `The cluster has ${addresses.length} brokers and \`workers\` is ${count}: every broker needs a name, so set it to the number that there are.`,
  );
}
