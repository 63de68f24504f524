import type { Status } from "../../events.ts";
import { insertExample } from "../example.ts";

export function EmptyTable({ status }: { readonly status: Status | undefined }) {
  return (
    <section class="empty">
      <h2>Nothing yet</h2>
      <p>A row appears here as soon as a program commits one{status !== undefined && ". Try it"}:</p>
      {status !== undefined && (
        <pre>
          <code>
            {insertExample({ path: status.database.path, table: status.table, columns: status.columns })}
          </code>
        </pre>
      )}
    </section>
  );
}
