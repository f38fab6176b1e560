export { PageAccess } from "./access";
export { PageServer } from "./server";
export { TwinSnapshots } from "./snapshot";
