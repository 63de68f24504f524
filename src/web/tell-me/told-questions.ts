/** The questions whose matches this tab tells of. A tab that is opened tomorrow says nothing that nobody asked for. */

const NAME = "tailboard.tell-me";

/** The oldest one makes room. */
const MAX_QUESTIONS = 100;

export function readToldQuestions(): ReadonlySet<string> {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(NAME) ?? "[]");
    return new Set(Array.isArray(kept) ? kept.filter((each) => typeof each === "string") : []);
  } catch {
    // Storage that is blocked, or text that somebody else wrote: nothing is told until it is switched on.
    return new Set();
  }
}

export function withQuestion(
  questions: ReadonlySet<string>,
  question: string,
  isTold: boolean,
): ReadonlySet<string> {
  const others = [...questions].filter((each) => each !== question);
  const next = isTold ? [...others, question].slice(-MAX_QUESTIONS) : others;
  try {
    sessionStorage.setItem(NAME, JSON.stringify(next));
  } catch {
    // Blocked, or full: it holds until the page is loaded again.
  }
  return new Set(next);
}
