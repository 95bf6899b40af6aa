import { withoutChoices } from "../schema/json-schema.ts";
import { EACH } from "./classification.ts";
import type { JsonSchema } from "../schema/json-schema.ts";
import type { Path } from "./classification.ts";

const TEXT: JsonSchema = { type: "string" };

/** Gives the schema of an event's whole line: the record's own fields around its attributes, of which a classified one is text. */
export function lineSchemaOf(schema: JsonSchema, classified: readonly Path[]): JsonSchema {
  const { properties = {} } = withoutChoices(classified.reduce(redacted, schema));
  return {
    type: "object",
    properties: {
      time: TEXT,
      level: TEXT,
      logger: TEXT,
      msg: TEXT,
      event_name: TEXT,
      ...properties,
      trace_id: TEXT,
      span_id: TEXT,
      trace_flags: TEXT,
    },
    required: ["level", "msg", "event_name", ...(schema.required ?? [])],
  };
}

/** Declares what stands at a path as the text that redaction leaves there. */
function redacted(schema: JsonSchema, [name, ...below]: Path): JsonSchema {
  if (name === undefined) return TEXT;
  if (!("properties" in schema) && !("items" in schema) && typeof schema.additionalProperties !== "object") return {};
  if (typeof name === "object") {
    const { additionalProperties: others } = schema;
    return typeof others === "object" ? { ...schema, additionalProperties: redacted(others, below) } : schema;
  }
  if (Array.isArray(schema.items)) return {};
  if (name === EACH) return schema.items === undefined ? schema : { ...schema, items: redacted(schema.items, below) };
  const member = schema.properties?.[name];
  return member === undefined ? schema : { ...schema, properties: { ...schema.properties, [name]: redacted(member, below) } };
}
