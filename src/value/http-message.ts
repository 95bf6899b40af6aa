/** Says what is logged of an HTTP message: what was asked or answered, and the headers by their names. */
interface Message {
  readonly method?: unknown;
  readonly url?: unknown;
  readonly path?: unknown;
  readonly host?: unknown;
  readonly status?: unknown;
  readonly statusCode?: unknown;
  readonly headers?: unknown;
}

/**
 * Gives what is logged of Node's HTTP messages and of the web's, without what is not set; undefined where a value is none. Own fields of
 * Node's are 8 to 11 KB of sockets and buffers, and have the headers as a list and as text, where no redaction by name finds them; of
 * the web's there are none.
 */
export function httpMessage(value: object, tag: string): object | undefined {
  if (tag === "[object Request]" || tag === "[object Response]") {
    const { method, url, status, headers } = value as Message;
    return withoutUnset({ method, url, status, headers });
  }
  if ("rawHeaders" in value && "httpVersion" in value) {
    const { method, url, statusCode, headers } = value as Message;
    return withoutUnset({ method, url, statusCode, headers });
  }
  if ("_header" in value && "getHeaders" in value && typeof value.getHeaders === "function") {
    const { method, path, host, statusCode } = value as Message;
    const headers: unknown = Reflect.apply(value.getHeaders, value, []);
    return withoutUnset({ method, path, host, statusCode, headers });
  }
  return undefined;
}

/** Node has `null` and `""` for what the other side of a message has. */
function withoutUnset(message: Message): object {
  return Object.fromEntries(Object.entries(message).filter(([, value]) => value !== undefined && value !== null && value !== ""));
}
