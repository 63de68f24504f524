/** The alerts and the dashboard of Grafana ask for metrics that exist, in expressions that Prometheus understands. */
import { describe, expect, test } from "bun:test";
import { join } from "node:path";

import { Metrics } from "../../src/http/metrics.ts";
import { Scratch } from "../support/scratch.ts";
import { describeWhere, installPackage } from "../support/tools.ts";

const ROOT = join(import.meta.dir, "../..");
const ALERTS = join(ROOT, "packaging/prometheus-alerts.yml");

interface Rules {
  readonly groups: readonly {
    readonly rules: readonly { readonly alert: string; readonly expr: string; readonly for?: string }[];
  }[];
}

interface Dashboard {
  readonly panels: readonly {
    readonly id: number;
    readonly title: string;
    readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
    readonly targets: readonly { readonly expr: string }[];
  }[];
}

const rules: Rules = JSON.parse(JSON.stringify(Bun.YAML.parse(await Bun.file(ALERTS).text())));
const alerts = rules.groups.flatMap((group) => group.rules);
const dashboard: Dashboard = await Bun.file(join(ROOT, "packaging/grafana.json")).json();
const shown = dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
const guide = await Bun.file(join(ROOT, "docs/operating.md")).text();

const exposed = await new Metrics(() => ({
  polls: { interval: 1 },
  pollIntervalMs: 1,
  fanOut: { size: 0, lagging: 0, eventsSent: 0, bytesSent: 0 },
  longReads: 0,
  state: "tailing",
})).text();
const metrics = new Set([...exposed.matchAll(/^# TYPE (\w+)/gm)].map(([, name = ""]) => name));

/** The metrics that an expression asks for. The series of a histogram have endings of their own. */
const askedIn = (expression: string): string[] =>
  [...expression.matchAll(/tailboard_\w+/g)].map(([name]) => name.replace(/_(bucket|sum|count)$/, ""));

describe("packaging/prometheus-alerts.yml", () => {
  test("has three alerts, each with words in the guide, and asks for metrics that exist", () => {
    expect(alerts).toHaveLength(3);
    for (const { alert, expr } of alerts) {
      expect(guide).toContain(`\`${alert}\``);
      expect(askedIn(expr).length).toBeGreaterThan(0);
      for (const name of askedIn(expr)) expect([...metrics]).toContain(name);
    }
  });
});

describe("packaging/grafana.json", () => {
  test("shows every metric, and no other", () => {
    expect(new Set(shown.flatMap(askedIn))).toEqual(metrics);
  });

  test("has panels that do not cover each other, with numbers of their own", () => {
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
    for (const { title, gridPos: one } of dashboard.panels) {
      expect([title, one.x + one.w <= 24]).toEqual([title, true]);
      const covering = dashboard.panels.filter(({ title: other, gridPos: two }) => {
        const beside = one.x + one.w <= two.x || two.x + two.w <= one.x;
        const above = one.y + one.h <= two.y || two.y + two.h <= one.y;
        return other !== title && !beside && !above;
      });
      expect(covering.map((panel) => panel.title)).toEqual([]);
    }
  });
});

const promtool =
  Bun.which("promtool") ?? ((await installPackage("prometheus")) ? Bun.which("promtool") : null);

/** @returns what promtool has to complain about */
async function complaintOf(args: readonly string[]): Promise<string> {
  const child = Bun.spawn([promtool ?? "", ...args], { stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const [out, complaint] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  return (await child.exited) === 0 ? "" : out + complaint;
}

describeWhere(
  promtool !== null,
  "No promtool for the tests of alerts: on Debian and Ubuntu, `sudo apt-get install prometheus`.",
)("in the eyes of Prometheus", () => {
  test("the alerts and the configuration of the guide are right", async () => {
    expect(await complaintOf(["check", "rules", ALERTS])).toBe("");
    using scratch = new Scratch();
    const [, scrape = ""] = /^```yaml prometheus-scrape\n(.*?)^```$/ms.exec(guide) ?? [];
    expect(scrape).toContain("job_name: tailboard");
    const adapted = scrape
      .replace("/etc/prometheus/tailboard-alerts.yml", ALERTS)
      .replace("/etc/prometheus/tailboard.token", scratch.path("token"));
    await Bun.write(scratch.path("token"), "secret");
    await Bun.write(scratch.path("prometheus.yml"), adapted);
    expect(await complaintOf(["check", "config", scratch.path("prometheus.yml")])).toBe("");
  });

  test("every expression of the dashboard can be asked", async () => {
    using scratch = new Scratch();
    const variables = { $__rate_interval: "5m", $instance: ".*" };
    const asked = shown.map((expr) =>
      Object.entries(variables).reduce((text, [name, value]) => text.replaceAll(name, value), expr),
    );
    const recorded = {
      groups: [{ name: "all", rules: asked.map((expr, index) => ({ record: `r${index}`, expr })) }],
    };
    await Bun.write(scratch.path("rules.yml"), JSON.stringify(recorded));
    expect(await complaintOf(["check", "rules", scratch.path("rules.yml")])).toBe("");
  });

  test("each alert comes when it should, and not before", async () => {
    using scratch = new Scratch();
    const at = 'instance="one"';
    /** An alert that is due for a series, and its labels. */
    const due = (alertname: string, eval_time: string, labels: Record<string, string>[]) => {
      const { annotations } = alertOf(alertname);
      const filled = (text: string, own: Record<string, string>) =>
        text.replaceAll(/\{\{ \$labels\.(\w+) \}\}/g, (_, name: string) => own[name] ?? "");
      return {
        alertname,
        eval_time,
        exp_alerts: labels.map((own) => ({
          exp_labels: own,
          exp_annotations: Object.fromEntries(
            Object.entries(annotations).map(([name, text]) => [name, filled(text, own)]),
          ),
        })),
      };
    };
    const critical = { severity: "critical", instance: "one" };
    const warning = { severity: "warning", instance: "one" };
    const tests = [
      {
        name: "the server is gone",
        interval: "15s",
        input_series: [{ series: `up{job="tailboard",${at}}`, values: "1x3 0x20" }],
        alert_rule_test: [
          due("TailboardNotFollowing", "1m", []),
          due("TailboardNotFollowing", "4m", [{ ...critical, job: "tailboard" }]),
        ],
      },
      {
        name: "the file is gone",
        interval: "15s",
        input_series: [
          { series: `up{job="tailboard",${at}}`, values: "1x30" },
          { series: `tailboard_state{job="tailboard",${at},state="tailing"}`, values: "1x3 0x27" },
        ],
        alert_rule_test: [
          due("TailboardNotFollowing", "30s", []),
          due("TailboardNotFollowing", "4m", [{ ...critical, job: "tailboard", state: "tailing" }]),
        ],
      },
      {
        name: "a client is behind for long, and another one for a moment",
        interval: "1m",
        input_series: [
          { series: `tailboard_subscribers_lagging{${at}}`, values: "0 1x20" },
          { series: 'tailboard_subscribers_lagging{instance="two"}', values: "0 1 0x20" },
        ],
        alert_rule_test: [due("TailboardSlow", "5m", []), due("TailboardSlow", "15m", [warning])],
      },
      {
        name: "one error, and many",
        interval: "1m",
        input_series: [
          { series: `tailboard_errors_total{${at},operation="reading"}`, values: "0+1x20" },
          { series: `tailboard_errors_total{${at},operation="opening"}`, values: "0 1x20" },
        ],
        alert_rule_test: [due("TailboardErrors", "15m", [{ ...warning, operation: "reading" }])],
      },
    ];
    await Bun.write(
      scratch.path("tests.yml"),
      JSON.stringify({ rule_files: [ALERTS], evaluation_interval: "15s", tests }),
    );
    expect(await complaintOf(["test", "rules", scratch.path("tests.yml")])).toBe("");
  });
});

/** @throws Error where there is none of that name */
function alertOf(name: string): { readonly annotations: Readonly<Record<string, string>> } {
  const found = alerts.find(({ alert }) => alert === name);
  if (found === undefined) throw new Error(`there is no alert ${name}`);
  return JSON.parse(JSON.stringify(found));
}
