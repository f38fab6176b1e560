export { AmbariCluster, componentKey, type ServiceName } from "./cluster";
export { RequestRunner } from "./requests";
export { type AmbariServerOptions, createAmbariServer } from "./server";
export { AmbariState } from "./state";
