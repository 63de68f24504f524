/** A part of the time that the reader has marked in the chart, and the way back to the question before it. */
import { boundsTextOf, withBounds, withBoundsOf } from "./bounds.ts";

export interface Zoom {
  /** The question before it, and before any zoom that it lies in. */
  readonly before: string;
  /** The question that it asks. */
  readonly zoomed: string;
}

/** As a zoom writes it: to the second, with the zone. */
const WRITTEN =
  /^since:\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d) until:\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)$/;

/**
 * @param last the zoom that was made before, if there was one
 * @param zone in which the times are written
 * @param fromMs in ms since 1970; a whole second
 * @param toMs does not belong to it; a whole second
 */
export function zoomInto(
  question: string,
  last: Zoom | undefined,
  fromMs: number,
  toMs: number,
  zone: string,
): Zoom {
  const before = isOf(question, last) ? withoutZoom(question, last) : question;
  return { before, zoomed: withBounds(question, fromMs, toMs, zone) };
}

/** Whether the question asks for the part of a zoom: the last one, or one that came with a link. */
export function isZoomed(question: string, last: Zoom | undefined): boolean {
  return isOf(question, last) || WRITTEN.test(boundsTextOf(question));
}

/** The question without the zoom, as far as it is known: what was asked since is kept. */
export function withoutZoom(question: string, last: Zoom | undefined): string {
  if (!isZoomed(question, last)) return question;
  if (!isOf(question, last)) return withBoundsOf(question, "");
  return question === last.zoomed ? last.before : withBoundsOf(question, last.before);
}

function isOf(question: string, zoom: Zoom | undefined): zoom is Zoom {
  return zoom !== undefined && boundsTextOf(question) === boundsTextOf(zoom.zoomed);
}
