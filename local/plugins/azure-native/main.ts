import { serve } from "../rpc/serve";
import { AzureNativeProvider } from "./provider";

void serve(new AzureNativeProvider());
