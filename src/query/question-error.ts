/** A question that can't be read, or that the table can't answer. */
export class QuestionError extends Error {
  override readonly name = "QuestionError";
  /** Where in the text of the question, in UTF-16 units from 0. */
  readonly at: number;
  /** @param message what is wrong and what was expected, in sentences, with an example */
  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}
