/** The terminal that standard output is, if it is one. */
export interface Terminal {
  /** In cells, as of now. */
  readonly width: () => number;
  /** Neither NO_COLOR (https://no-color.org) nor TERM=dumb. */
  readonly hasColours: boolean;
}
