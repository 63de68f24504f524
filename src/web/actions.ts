/** What the reader can do to the page, as the views know it. */
export interface Actions {
  /** Connects now, rather than at the next try. */
  readonly retry: () => void;
  /** Asks this question from now on, everywhere in the page; "" asks for every row. */
  readonly ask: (question: string) => void;
  /** The same, and closes what is open beside the list. */
  readonly askInstead: (question: string) => void;
  /** Asks a question that was made of the one that is asked: what is half written in the search box stays. */
  readonly amend: (question: string) => void;
  /** Goes on with a search that was stopped. */
  readonly searchOn: () => void;
  readonly stopSearch: () => void;
  /** Opens an event beside the list, in place of the one that is open. */
  readonly openEvent: (id: bigint) => void;
  /** The same for a neighbour: the way through the list is no step of the browser's history. */
  readonly stepToEvent: (id: bigint) => void;
  readonly closeEvent: () => void;
  /** The event that is shown next to another one in the list; undefined at its ends. */
  readonly neighbour: (id: bigint, direction: Direction) => bigint | undefined;
  /** Opens the story of a target beside the list. @param table of the row whose key it is */
  readonly openStory: (target: string, table?: string) => void;
  readonly closeStory: () => void;
}

/** In the list, which has the newest on top. */
export type Direction = "newer" | "older";
