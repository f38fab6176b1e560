import type { Bench } from "../model";
import { deployment } from "./deployment";
import { load } from "./load";
import { pipeline } from "./pipeline";
import { preview } from "./preview";
import { scale } from "./scale";
import { startup } from "./startup";
import { suite } from "./suite";
import { topics } from "./topics";

/** Every bench by the name that `--only` takes, in the order in which they are run. */
export const benches: Record<string, Bench> = { load, preview, topics, startup, deployment, pipeline, scale, suite };
