import { serve } from "../rpc/serve";
import { DatabricksProvider } from "./provider";

void serve(new DatabricksProvider());
