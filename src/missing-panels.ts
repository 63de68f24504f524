/** Tells the operator once of each table of --panels that the database does not have. It may come later. */
import { LogBusyError, LogUnavailableError } from "./archive.ts";
import type { PanelArchive } from "./panels.ts";

export class MissingPanels {
  readonly #panels: Pick<PanelArchive, "tables">;
  readonly #onMissing: (table: string) => void;
  readonly #told = new Set<string>();

  constructor(panels: Pick<PanelArchive, "tables">, onMissing: (table: string) => void) {
    this.#panels = panels;
    this.#onMissing = onMissing;
  }

  /** To be called when the log was opened. */
  async look(): Promise<void> {
    try {
      const { missing } = await this.#panels.tables(new AbortController().signal);
      for (const table of missing) {
        if (this.#told.has(table)) continue;
        this.#told.add(table);
        this.#onMissing(table);
      }
    } catch (error) {
      // It was closed again meanwhile: the next opening looks.
      if (!(error instanceof LogUnavailableError || error instanceof LogBusyError)) throw error;
    }
  }
}
