import { text } from "node:stream/consumers";
import type { IncomingMessage } from "node:http";

const MOST_CHARACTERS = 65_536;

/** Reads a request's body as text, cut at 64 Ki characters. */
export async function readBody(request: IncomingMessage): Promise<string> {
  return (await text(request)).slice(0, MOST_CHARACTERS);
}
