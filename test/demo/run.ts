import { main } from "./main.ts";
import { Telemetry } from "./telemetry.ts";

await main(new Telemetry());
