/** The size of the window, without a question to the browser for each row: it would go through the styles first. */

let size = { width: innerWidth, height: innerHeight };
addEventListener("resize", () => (size = { width: innerWidth, height: innerHeight }), { passive: true });

/** In CSS pixels. */
export function windowSize(): { readonly width: number; readonly height: number } {
  return size;
}
