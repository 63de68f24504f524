/** Which story is open, as the address of the page holds it: a link opens it again. */

export interface OpenStory {
  /** The key whose events are told. */
  readonly target: string;
  /** The table of the row that has this key, where the story is that of a row. */
  readonly table: string | undefined;
}

const TARGET = "story";
const TABLE = "of";

export function storyInUrl(): OpenStory | undefined {
  const { searchParams } = new URL(location.href);
  const target = searchParams.get(TARGET) ?? "";
  return target === "" ? undefined : { target, table: searchParams.get(TABLE) ?? undefined };
}

/** Puts it into the address, as a step that the browser's Back takes back. */
export function showStoryInUrl(story: OpenStory | undefined): void {
  const url = new URL(location.href);
  for (const [name, value] of [
    [TARGET, story?.target],
    [TABLE, story?.table],
  ] as const) {
    if (value === undefined) url.searchParams.delete(name);
    else url.searchParams.set(name, value);
  }
  if (url.href !== location.href) history.pushState(null, "", url);
}

export function isSameStory(one: OpenStory | undefined, other: OpenStory | undefined): boolean {
  return one?.target === other?.target && one?.table === other?.table;
}
