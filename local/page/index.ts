export { PageAccess } from "./access";
export { PageServer } from "./server";
export { type Sources, TwinSnapshots } from "./snapshot";
