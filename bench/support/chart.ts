/** Draws how cost grows: one panel for each thing that grows, with CPU and p99 over it on logarithmic scales. */

export interface Point {
  readonly x: number;
  /** Share of one core. */
  readonly cpuShare: number;
  readonly p99Ms: number;
}

export interface Panel {
  readonly title: string;
  readonly points: readonly Point[];
}

const PANEL_WIDTH = 430;
const PANEL_HEIGHT = 240;
const COLUMNS = 2;
/** Room for labels around the plot. */
const MARGIN = { left: 60, right: 66, top: 40, bottom: 34 };
const LEGEND_HEIGHT = 28;
const CPU_COLOUR = "#0969da";
const P99_COLOUR = "#bc4c00";
const GRID_COLOUR = "#d0d7de";
const TEXT_COLOUR = "#24292f";

/** The same scales in every panel, so that they can be compared: in percent and in milliseconds. */
const LOWEST = 1;
const HIGHEST = 100;

/** The place of a value between two others, from 0 to 1, on a logarithmic scale. */
function logPlace(value: number, from: number, to: number): number {
  const place = Math.log(value / from) / Math.log(to / from);
  return Math.min(1, Math.max(0, place));
}

function short(value: number): string {
  if (value >= 1e6) return `${value / 1e6} M`;
  return value >= 1e4 ? `${value / 1e3} k` : String(value);
}

function panelSvg({ title, points }: Panel, index: number): string {
  const width = PANEL_WIDTH - MARGIN.left - MARGIN.right;
  const height = PANEL_HEIGHT - MARGIN.top - MARGIN.bottom;
  const [first = 1, last = 10] = [points[0]?.x, points.at(-1)?.x];
  const x = (value: number): number => Math.round(logPlace(value, first, last) * width);
  const y = (value: number): number => Math.round((1 - logPlace(value, LOWEST, HIGHEST)) * height);
  const line = (colour: string, value: (point: Point) => number, dashes: string): string => {
    const at = points.map((point) => [x(point.x), y(value(point))] as const);
    const dots = at.map(([cx, cy]) => `<circle cx="${cx}" cy="${cy}" r="3" fill="${colour}"/>`);
    const path = at.map((place) => place.join(",")).join(" ");
    return `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"${dashes}/>${dots.join("")}`;
  };
  const grid = [1, 10, 100].map(
    (value) =>
      `<line x1="0" x2="${width}" y1="${y(value)}" y2="${y(value)}" stroke="${GRID_COLOUR}"/>` +
      `<text x="-6" y="${y(value) + 4}" text-anchor="end" fill="${CPU_COLOUR}">${value} %</text>` +
      `<text x="${width + 6}" y="${y(value) + 4}" fill="${P99_COLOUR}">${value} ms</text>`,
  );
  const labels = points.map(
    (point) => `<text x="${x(point.x)}" y="${height + 18}" text-anchor="middle">${short(point.x)}</text>`,
  );
  const left = (index % COLUMNS) * PANEL_WIDTH + MARGIN.left;
  const top = LEGEND_HEIGHT + Math.floor(index / COLUMNS) * PANEL_HEIGHT + MARGIN.top;
  return [
    `<g transform="translate(${left},${top})">`,
    `<text x="${width / 2}" y="-14" text-anchor="middle" font-weight="600">${title}</text>`,
    ...grid,
    ...labels,
    line(CPU_COLOUR, (point) => point.cpuShare * 100, ""),
    line(P99_COLOUR, (point) => point.p99Ms, ' stroke-dasharray="5 3"'),
    "</g>",
  ].join("\n");
}

/** One drawing with all panels. Values beyond the scales are drawn at their edge. */
export function chartSvg(panels: readonly Panel[]): string {
  const width = PANEL_WIDTH * COLUMNS;
  const height = LEGEND_HEIGHT + PANEL_HEIGHT * Math.ceil(panels.length / COLUMNS);
  const legend =
    `<text x="${width / 2 - 12}" y="20" text-anchor="end" fill="${CPU_COLOUR}">── CPU of the server, of one core</text>` +
    `<text x="${width / 2 + 12}" y="20" fill="${P99_COLOUR}">- - p99 from commit to client</text>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, sans-serif" font-size="12" fill="${TEXT_COLOUR}">`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    legend,
    ...panels.map(panelSvg),
    "</svg>\n",
  ].join("\n");
}
