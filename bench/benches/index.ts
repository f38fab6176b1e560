import type { Bench } from "../model";
import { load } from "./load";
import { preview } from "./preview";
import { suite } from "./suite";

/** Every bench by the name that `--only` takes, in the order in which they are run. */
export const benches: Record<string, Bench> = { load, preview, suite };
