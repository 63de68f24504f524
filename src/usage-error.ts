/** A wrong option: one line that says what was wrong and what is allowed. Exit status 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
