export { datadogFields, datadogHandler } from "./datadog.ts";
export { ecsFields, ecsHandler } from "./ecs.ts";
export type { FieldMap } from "./field-map.ts";
export { gcpFields, gcpHandler } from "./gcp.ts";
export type { GcpOptions } from "./gcp.ts";
