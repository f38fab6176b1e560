import { serve } from "../rpc/serve";
import { CommandProvider } from "./provider";

void serve(new CommandProvider());
