/** Are the attributes of a call: an object literal whose values may be anything. A member that is an object literal is a group. */
export type Attrs = { readonly [key: string]: unknown };
