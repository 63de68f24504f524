/** What is asked, as commands and programs for elsewhere. */
import { shellWord } from "../shell.ts";

/** @param base the address of the page, with a slash at its end */
export function curlList(base: string, question: string): string {
  return curl("-sG", `${base}api/events`, question);
}

export function curlStream(base: string, question: string): string {
  return curl("-NG", `${base}api/events/stream`, question);
}

function curl(options: string, url: string, question: string): string {
  const asked = question === "" ? "" : ` --data-urlencode ${shellWord(`q=${question}`)}`;
  return `curl ${options} ${shellWord(url)}${asked}`;
}

/**
 * A script that follows the question in a browser. An EventSource goes on by itself where a connection breaks, and ends
 * for good where a server refuses it: then the script begins another one, from where it was.
 */
export function eventSourceScript(base: string, question: string): string {
  const url = new URL("api/events/stream", base);
  if (question !== "") url.searchParams.set("q", question);
  return `const url = new URL(${JSON.stringify(url.href)});

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
