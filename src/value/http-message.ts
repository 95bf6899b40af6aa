import { readMember, thrown } from "./marker.ts";

/**
 * Gives what is logged of Node's HTTP messages and of the web's, without what is not set; undefined where a value is none. Own fields of
 * Node's are 8 to 11 KB of sockets and buffers, and have the headers as a list and as text, where no redaction by name finds them; of
 * the web's there are none.
 */
export function httpMessage(value: object, tag: string): object | undefined {
  if ((tag === "[object Request]" || tag === "[object Response]") && "headers" in value)
    return withoutUnset(value, ["method", "url", "status", "headers"]);
  if ("rawHeaders" in value && "httpVersion" in value) return withoutUnset(value, ["method", "url", "statusCode", "headers"]);
  if ("_header" in value && "getHeaders" in value) {
    const getHeaders = readMember(value, "getHeaders");
    if (typeof getHeaders !== "function") return undefined;
    return { ...withoutUnset(value, ["method", "path", "host", "statusCode"]), headers: called(value, getHeaders) };
  }
  return undefined;
}

/** Reads members, each behind a guard of its own. Node has `null` and `""` for what the other side of a message has. */
function withoutUnset(message: object, names: readonly string[]): object {
  const members = names.map((name) => [name, readMember(message as { readonly [name: string]: unknown }, name)] as const);
  return Object.fromEntries(members.filter(([, member]) => member !== undefined && member !== null && member !== ""));
}

function called(message: object, getHeaders: Function): unknown {
  try {
    return Reflect.apply(getHeaders, message, []);
  } catch (error) {
    return thrown(error);
  }
}
