/** The workflow of GitHub runs what everybody runs. */
import { expect, test } from "bun:test";
import { statSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dir, "../..");

interface Workflow {
  readonly on: object;
  readonly permissions: object;
  readonly jobs: Readonly<
    Record<
      string,
      {
        readonly "timeout-minutes"?: number;
        readonly steps: readonly { readonly uses?: string; readonly run?: string }[];
      }
    >
  >;
}

test("the workflow calls .ci/run, may read alone, and ends", async () => {
  const text = await Bun.file(join(ROOT, ".github/workflows/ci.yml")).text();
  const workflow: Workflow = JSON.parse(JSON.stringify(Bun.YAML.parse(text)));
  expect(Object.keys(workflow.on)).toEqual(["push", "pull_request"]);
  expect(workflow.permissions).toEqual({ contents: "read" });
  const jobs = Object.values(workflow.jobs);
  expect(jobs).toHaveLength(1);
  for (const { steps, ...job } of jobs) {
    expect(job["timeout-minutes"]).toBeGreaterThan(0);
    expect(steps.map(({ run }) => run)).toContain(".ci/run");
    // Beside it nothing is installed, built or tested: .ci/run is the one place that says what.
    expect(steps.filter(({ run }) => /npm|bun|apt|test/.test(run ?? ""))).toEqual([]);
  }
  expect(statSync(join(ROOT, ".ci/run")).mode & 0o111).not.toBe(0);
});
