/** What is asked, as commands and programs for elsewhere. */
import type { Status } from "../../events.ts";
import { shellWord } from "../shell.ts";

/** The server, as it is seen from elsewhere. */
export interface ServerPlace {
  /** The address of the page, with a slash at its end. */
  readonly base: string;
  readonly needsToken: boolean;
}

/** Where the page is, without its question. */
export function placeOf(status: Status | undefined): ServerPlace {
  return { base: new URL(".", location.href).href, needsToken: status?.needsToken === true };
}

export function curlList(place: ServerPlace, question: string): string {
  return curl("-sG", place, "api/events", question);
}

export function curlStream(place: ServerPlace, question: string): string {
  return curl("-NG", place, "api/events/stream", question);
}

/** The page does not know the token: its cookie is not for scripts, and is no token. So the shell puts it in. */
function curl(options: string, { base, needsToken }: ServerPlace, path: string, question: string): string {
  const token = needsToken ? ' -H "Authorization: Bearer $TAILBOARD_TOKEN"' : "";
  const asked = question === "" ? "" : ` --data-urlencode ${shellWord(`q=${question}`)}`;
  return `curl ${options}${token} ${shellWord(base + path)}${asked}`;
}

/**
 * A script that follows the question in a browser. An EventSource goes on by itself where a connection breaks, and ends
 * for good where a server refuses it: then the script begins another one, from where it was.
 *
 * It can't send a token. On a page of the server itself the cookie of the browser does.
 */
export function eventSourceScript({ base, needsToken }: ServerPlace, question: string): string {
  const url = new URL("api/events/stream", base);
  if (question !== "") url.searchParams.set("q", question);
  const note = needsToken
    ? `// Runs on a page of ${new URL(base).origin} in a browser that is signed in there.\n`
    : "";
  return `${note}const url = new URL(${JSON.stringify(url.href)});

function follow() {
  const events = new EventSource(url);
  const keep = ({ lastEventId }) => url.searchParams.set("lastEventId", lastEventId);
  const begin = (event) => {
    keep(event);
    url.searchParams.set("log", JSON.parse(event.data).log);
  };
  events.addEventListener("hello", begin);
  // Rows after this id are other rows now, or gone.
  events.addEventListener("reset", begin);
  events.onmessage = (event) => {
    keep(event);
    console.log(JSON.parse(event.data));
  };
  events.onerror = () => {
    if (events.readyState === EventSource.CLOSED) setTimeout(follow, 5000);
  };
}

follow();
`;
}
