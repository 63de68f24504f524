/** What is open beside the list, as the address of the page holds it beside `?q=`: a link opens it again. */

export type Beside =
  | { readonly name: "nothing" }
  /** `?event=ID` */
  | { readonly name: "event"; readonly id: bigint }
  /** `?story=KEY`, and `&of=TABLE` where it is the story of a row. */
  | OpenStory;

export interface OpenStory {
  readonly name: "story";
  /** The key whose events are told. */
  readonly target: string;
  /** The table of the row that has this key. */
  readonly table: string | undefined;
}

export const NOTHING: Beside = { name: "nothing" };

/** No more digits than an id of 64 bits has. */
const ID = /^-?\d{1,19}$/;

/** An address that somebody wrote may name an event and a story: then it is the event. */
export function besideInUrl(): Beside {
  const { searchParams } = new URL(location.href);
  const event = searchParams.get("event");
  if (event !== null && ID.test(event)) return { name: "event", id: BigInt(event) };
  const target = searchParams.get("story") ?? "";
  return target === "" ? NOTHING : { name: "story", target, table: searchParams.get("of") ?? undefined };
}

/** The address of the page with this open, and nothing else beside the list. */
export function urlOf(thing: Beside): string {
  const url = new URL(location.href);
  const { event, story, of } = parametersOf(thing);
  for (const [name, value] of Object.entries({ event, story, of })) {
    if (value !== undefined) url.searchParams.set(name, value);
    // Where nothing is deleted, the rest stays as somebody wrote it.
    else if (url.searchParams.has(name)) url.searchParams.delete(name);
  }
  return url.href;
}

export function isSame(one: Beside, other: Beside): boolean {
  return JSON.stringify(parametersOf(one)) === JSON.stringify(parametersOf(other));
}

interface Parameters {
  readonly event?: string;
  readonly story?: string;
  readonly of?: string | undefined;
}

function parametersOf(thing: Beside): Parameters {
  if (thing.name === "event") return { event: String(thing.id) };
  return thing.name === "story" ? { story: thing.target, of: thing.table } : {};
}
