import type { JsonSchema } from "../schema/json-schema.ts";

/**
 * Is the interface by which schema libraries (zod, valibot, ArkType) can be used without knowing which one it is.
 *
 * @see https://standardschema.dev
 */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
    /** Gives the JSON Schema of what is put in, where the library can. */
    readonly jsonSchema?: { readonly input: (options: JsonSchemaOptions) => Readonly<Record<string, unknown>> };
  };
}

interface JsonSchemaOptions {
  readonly target: "draft-07";
  /** Are the library's own. */
  readonly libraryOptions?: Record<string, unknown> | undefined;
}

type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] };

/** Is one thing that is wrong with a value. */
export interface StandardIssue {
  /** What is wrong, in the library's words. */
  readonly message: string;
  /** Where, from the value down; nothing where it is the value itself. */
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** Gives the attributes that an event of a schema takes. */
export type EventAttrs<S> = S extends { readonly "~standard": unknown }
  ? StandardInput<S>
  : S extends JsonSchema
    ? FromSchema<S>
    : never;

type StandardInput<S> = S extends { readonly "~standard": { readonly types?: infer T } }
  ? NonNullable<T> extends { readonly input: infer I }
    ? I
    : never
  : never;

/** Gives the type of values that fit a JSON Schema, which is a literal (`as const`, or written in the call). */
export type FromSchema<S> = S extends { readonly const: infer C }
  ? C
  : S extends { readonly enum: readonly (infer E)[] }
    ? E
    : S extends { readonly type: readonly (infer T)[] }
      ? T extends string
        ? OfType<T, S>
        : never
      : S extends { readonly type: infer T }
        ? OfType<T, S>
        : S extends { readonly properties: unknown }
          ? OfType<"object", S>
          : unknown;

type OfType<T, S> = T extends "string"
  ? S extends { readonly format: "date-time" }
    ? string | Date
    : string
  : T extends "number"
    ? number
    : T extends "integer"
      ? number | bigint
      : T extends "boolean"
        ? boolean
        : T extends "null"
          ? null
          : T extends "array"
            ? S extends { readonly items: infer I }
              ? readonly FromSchema<I>[]
              : readonly unknown[]
            : T extends "object"
              ? OfObject<S>
              : never;

type OfObject<S> = S extends { readonly properties: infer P }
  ? Members<P, RequiredOf<S>> & Others<S>
  : { readonly [name: string]: OtherOf<S> };

/** Gives the type of members beside the declared ones. */
type OtherOf<S> = S extends { readonly additionalProperties: infer A }
  ? A extends boolean
    ? A extends false
      ? never
      : unknown
    : FromSchema<A>
  : unknown;

type RequiredOf<S> = S extends { readonly required: readonly (infer R)[] } ? R : never;

type Members<P, R> = { readonly [K in keyof P as K extends R ? K : never]: FromSchema<P[K]> } & {
  readonly [K in keyof P as K extends R ? never : K]?: FromSchema<P[K]> | undefined;
};

/**
 * Attributes that are not declared are taken only where the schema says so: a name that is mistyped is an error. Beside declared ones they are of any type:
 * TypeScript knows no members that are all but some.
 */
type Others<S> = S extends { readonly additionalProperties: true | object } ? { readonly [name: string]: unknown } : unknown;
