/** The messages of the event stream. OpenAPI 3.1 has no words for a stream, so they stand in `x-events`. */
import { RESET_REASONS } from "../events.ts";
import { closedObject, type JsonObject, ref } from "./openapi-json.ts";

const id = ref("schemas", "EventId");

const position: JsonObject = {
  latestId: { ...id, description: "The largest id that was given so far." },
  oldestId: { ...id, description: "The smallest id that there is; the next one while the log is empty." },
  resumedFrom: { ...id, description: "The stream goes on after this id." },
  log: { type: "string", description: "The name of the log. An id means nothing in another one." },
};

export const STREAM_SCHEMAS: JsonObject = {
  StreamHello: closedObject("Where the stream begins. Once, as soon as the log is open.", position),
  StreamReset: closedObject("Rows after `resumedFrom` are other rows now, or gone.", {
    reason: { enum: [...RESET_REASONS] },
    ...position,
  }),
  StreamGap: closedObject("Rows after the cursor were deleted at the old end of the log.", {
    from: { ...id, description: "The cursor." },
    oldestId: { ...id, description: "The stream goes on with this id." },
  }),
  StreamBye: closedObject("The stream ends because of its age.", {
    comeBackInMs: {
      type: "integer",
      minimum: 0,
      description: "After how long the client should connect again, in milliseconds.",
    },
  }),
  StreamChange: closedObject("Somebody has committed, to whatever table. With `changes` alone.", {
    dataVersion: {
      type: "string",
      description: "A name for the state of the file, as in the answers about tables beside the log.",
    },
  }),
  StreamPing: closedObject("The connection is alive. Every 15 s.", {}),
};

/** By the name of the event: what `data:` holds. `message` is an event without a name. */
export const STREAM_EVENTS: JsonObject = {
  message: ref("schemas", "Event"),
  hello: ref("schemas", "StreamHello"),
  reset: ref("schemas", "StreamReset"),
  gap: ref("schemas", "StreamGap"),
  change: ref("schemas", "StreamChange"),
  bye: ref("schemas", "StreamBye"),
  ping: ref("schemas", "StreamPing"),
};
