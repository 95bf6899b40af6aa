import { context } from "@opentelemetry/api";
import { span } from "../span.ts";
import type { Attrs } from "./peers/subject.ts";

/** How many records are logged in one turn of the event loop. */
export const A_TURN = 1000;

/** Logs the records of one turn, each built inside the timed call: six attributes, the last one its number; a span is active. */
export async function turn(log: (message: string, attrs: Attrs) => void, from: number): Promise<void> {
  context.with(span.context, () => {
    for (let i = from; i < from + A_TURN; i++) {
      log("request handled by the server", {
        "http.request.method": "GET",
        "http.route": "/api/items/:id",
        "http.response.status_code": 200,
        duration: 12.5,
        cached: true,
        i,
      });
    }
  });
  await new Promise(setImmediate);
}
