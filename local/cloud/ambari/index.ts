export { AmbariCluster, componentKey } from "./cluster";
export { RequestRunner } from "./requests";
export { createAmbariServer } from "./server";
export { AmbariState } from "./state";
