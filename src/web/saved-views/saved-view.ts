/** A question with a name, and how a list of them becomes text and is read again. */
import { MAX_QUESTION_LENGTH } from "../../query/parse.ts";
import { isRecord, shorten } from "../text/text.ts";

export interface SavedView {
  /** No two views have the same one. */
  readonly name: string;
  readonly question: string;
}

/** A menu that is longer helps nobody to find a view. Further ones are refused. */
export const MAX_VIEWS = 100;

/** In characters. A longer name would fill the menu. The box takes no more, and a link's name is cut. */
export const MAX_NAME_LENGTH = 80;

/** The browser's storage is text that another page of this address may have written: what is no view is left out. */
export function readViews(text: string | undefined): readonly SavedView[] {
  let kept: unknown;
  try {
    kept = JSON.parse(text ?? "[]");
  } catch {
    return [];
  }
  if (!Array.isArray(kept)) return [];
  const views = kept.flatMap((each: unknown) =>
    isRecord(each) && typeof each["name"] === "string" && typeof each["question"] === "string"
      ? (viewOf(each["name"], each["question"]) ?? [])
      : [],
  );
  return [...new Map(views.map((view) => [view.name, view])).values()].slice(0, MAX_VIEWS);
}

/** @returns undefined for a question that is empty or longer than any that can be asked */
export function viewOf(name: string, question: string): SavedView | undefined {
  const asked = question.trim();
  if (asked === "" || asked.length > MAX_QUESTION_LENGTH) return undefined;
  const trimmed = name.replaceAll(/\s+/g, " ").trim();
  return { name: fitting(trimmed === "" ? asked : trimmed), question: asked };
}

/** The sign that something was cut has to fit, too. */
function fitting(name: string): string {
  return name.length <= MAX_NAME_LENGTH ? name : shorten(name, MAX_NAME_LENGTH - 1);
}

/**
 * One link a line. The name is the part after `#`, which no server sees, and which does nothing in the page.
 * @param page the address of the dashboard
 */
export function viewsAsLinks(views: readonly SavedView[], page: string): string {
  return views
    .map(({ name, question }) => {
      const url = new URL(page);
      url.search = new URLSearchParams({ q: question }).toString();
      url.hash = encodeURIComponent(name);
      return url.href;
    })
    .join("\n");
}

export interface ReadLinks {
  readonly views: readonly SavedView[];
  /** Lines that are no links to a view. */
  readonly unreadableCount: number;
}

/** The other way round. The links may be of another server: what they ask is what counts. */
export function viewsOfLinks(text: string): ReadLinks {
  const lines = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const views = lines.flatMap((line) => viewOfLink(line) ?? []);
  return { views, unreadableCount: lines.length - views.length };
}

function viewOfLink(line: string): SavedView | undefined {
  if (!URL.canParse(line)) return undefined;
  const url = new URL(line);
  return viewOf(decoded(url.hash.slice(1)), url.searchParams.get("q") ?? "");
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // Somebody cut the link, or wrote a % by hand: then it is the name as it stands.
    return text;
  }
}
