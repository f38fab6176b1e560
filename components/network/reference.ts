import type * as pulumi from "@pulumi/pulumi";

/** A virtual network that a component has made or was given: a `NetworkReference` for others. */
export interface NetworkOutput {
  /** ARM id. */
  id: pulumi.Output<string>;
  /** Its name, without its resource group. */
  name: pulumi.Output<string>;
  /** Its resource group. */
  resourceGroupName: pulumi.Output<string>;
}

/** A virtual network, by what is needed to put something into it or to peer it. */
export interface NetworkReference {
  /** ARM id. */
  id: pulumi.Input<string>;
  /** Its name, without its resource group. */
  name: pulumi.Input<string>;
  /** Its resource group. Default: that of the component that uses it. */
  resourceGroupName?: pulumi.Input<string>;
}
