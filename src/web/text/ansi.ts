/**
 * The colours that programs write for a terminal: the escape sequences of ECMA-48, of which "Select Graphic Rendition"
 * is read, and the others are left out.
 */

/** One of the 16 colours of a terminal by its number, or any other one as CSS has it. */
export type AnsiColour = number | string;

export interface AnsiStyle {
  readonly foreground?: AnsiColour;
  readonly background?: AnsiColour;
  readonly isBold?: boolean;
  readonly isUnderlined?: boolean;
}

export interface AnsiRun {
  readonly text: string;
  readonly style: AnsiStyle;
}

/** CSI with its parameters and its final byte; OSC and its kin up to their end; and the short ones. */
const ESCAPE =
  // oxlint-disable-next-line no-control-regex -- these are the characters that it is about
  /\x1b(?:\[([\d;:<=>?]*)[ -/]*([@-~])|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)|[ -/]+[0-~]|[0-OQ-WYZ\\`-~])/g;

interface Pen {
  foreground?: AnsiColour | undefined;
  background?: AnsiColour | undefined;
  isBold: boolean;
  isUnderlined: boolean;
  isReversed: boolean;
}

const PLAIN: Readonly<Pen> = { isBold: false, isUnderlined: false, isReversed: false };

/** The levels of red, green and blue in the cube of the 256 colours. */
const CUBE = [0, 95, 135, 175, 215, 255];

/** The text in runs of one style each, without its escape sequences. */
export function readAnsi(text: string): AnsiRun[] {
  if (!text.includes("\u001B")) return text === "" ? [] : [{ text, style: {} }];
  const runs: AnsiRun[] = [];
  let pen: Pen = { ...PLAIN };
  let at = 0;
  const take = (end: number) => {
    if (end > at) runs.push({ text: text.slice(at, end), style: styleOf(pen) });
  };
  for (const match of text.matchAll(ESCAPE)) {
    const [escape, parameters, final] = match;
    take(match.index);
    at = match.index + escape.length;
    if (final === "m" && parameters !== undefined) pen = turned(pen, parameters);
  }
  take(text.length);
  return runs;
}

/** The text alone. */
export function withoutAnsi(text: string): string {
  return text.includes("\u001B") ? text.replaceAll(ESCAPE, "") : text;
}

function styleOf({ foreground, background, isBold, isUnderlined, isReversed }: Pen): AnsiStyle {
  const [front, back] = isReversed ? [background, foreground] : [foreground, background];
  return {
    ...(front === undefined ? {} : { foreground: front }),
    ...(back === undefined ? {} : { background: back }),
    ...(isBold ? { isBold } : {}),
    ...(isUnderlined ? { isUnderlined } : {}),
  };
}

/** The pen after one "Select Graphic Rendition". */
function turned(before: Pen, parameters: string): Pen {
  let pen = { ...before };
  // `38:2::1:2:3` names the colour space, which is empty here, and `38;2;1;2;3` does not.
  const codes = parameters.replaceAll("::", ":").split(/[;:]/).map(Number);
  for (let at = 0; at < codes.length; at++) {
    const code = codes[at] ?? 0;
    if (code === 0) pen = { ...PLAIN };
    else if (code === 1) pen.isBold = true;
    else if (code === 22) pen.isBold = false;
    else if (code === 4) pen.isUnderlined = true;
    else if (code === 24) pen.isUnderlined = false;
    else if (code === 7) pen.isReversed = true;
    else if (code === 27) pen.isReversed = false;
    else if (code === 38 || code === 48) {
      const isPalette = codes[at + 1] === 5;
      const colour = isPalette ? paletteColour(codes[at + 2]) : trueColour(codes.slice(at + 2, at + 5));
      if (code === 38) pen.foreground = colour;
      else pen.background = colour;
      at += isPalette ? 2 : 4;
    } else if (code === 39) pen.foreground = undefined;
    else if (code === 49) pen.background = undefined;
    else if (code >= 30 && code <= 37) pen.foreground = code - 30;
    else if (code >= 40 && code <= 47) pen.background = code - 40;
    else if (code >= 90 && code <= 97) pen.foreground = code - 82;
    else if (code >= 100 && code <= 107) pen.background = code - 92;
  }
  return pen;
}

function paletteColour(index: number | undefined): AnsiColour | undefined {
  if (index === undefined || !(index >= 0 && index <= 255)) return undefined;
  if (index < 16) return index;
  if (index >= 232) return rgb([index, index, index].map((each) => 8 + (each - 232) * 10));
  const cell = index - 16;
  return rgb([Math.floor(cell / 36), Math.floor(cell / 6) % 6, cell % 6].map((level) => CUBE[level] ?? 0));
}

function trueColour(channels: readonly number[]): AnsiColour | undefined {
  return channels.length === 3 && channels.every((each) => each >= 0 && each <= 255)
    ? rgb(channels)
    : undefined;
}

function rgb(channels: readonly number[]): string {
  return `rgb(${channels.join(" ")})`;
}
