/** What every scenario is told. */

export interface BenchContext {
  /** How long each measurement lasts. */
  readonly seconds: number;
  /** How often a measurement is made at most, while other programs keep the machine busy. */
  readonly tries: number;
  /** Options for Tailboard, beside those of the scenario. */
  readonly serverArgs: readonly string[];
  /** Rows of the large table. */
  readonly largeRows: number;
  /** Rows of the tables of `search` and `export`, in place of their own numbers. */
  readonly rows: number | undefined;
  /** A table for `search` that is kept: filled where the file is missing. */
  readonly tableFile: string | undefined;
  /** Where the drawing of how cost grows is written. */
  readonly chartFile: string;
  /** Says what goes on, on standard error. */
  readonly say: (text: string) => void;
}
