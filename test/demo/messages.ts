/** Is what the demo tells a service: to deliver what it holds, or to do so and end. */
export type ToService = "flush" | "end";

/** Is what a service tells the demo. */
export type FromService =
  | { readonly kind: "listening"; readonly port: number }
  | {
      readonly kind: "flushed";
      readonly records: number;
      readonly spans: number;
      /** Says what was not delivered; empty when all was. */
      readonly problems: readonly string[];
    };
