import { describeBridge } from "./bridge-cases.ts";
import { generation } from "./generation.ts";
import { describePipeline } from "./pipeline-cases.ts";
import { describeSpanEvents } from "./span-event-cases.ts";

const otel = generation(2);
describeBridge(otel);
describePipeline(otel);
describeSpanEvents(otel);
