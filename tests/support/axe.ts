/** Asks axe-core what keeps people from using a page. */
import type { Page } from "./page.ts";
import { until } from "./until.ts";

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

/** What axe-core finds wrong. Waits for the fades, in which a colour is none of the two. */
export async function axe(tab: Page): Promise<string[]> {
  await until(() => tab.evaluate<boolean>("document.getAnimations().length === 0"), "the fades to end");
  const source = await Bun.file(Bun.resolveSync("axe-core/axe.min.js", import.meta.dir)).text();
  await tab.evaluate(`(() => { ${source}\n })()`);
  const violations = await tab.evaluate<Violation[]>("axe.run().then(({ violations }) => violations)");
  return violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.html} ${node.failureSummary}`),
  );
}
