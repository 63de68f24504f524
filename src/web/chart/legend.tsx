import type { RefObject } from "preact";

import { asksFor } from "../statistics/ask-value.ts";
import { titleText } from "../text/visible-text.ts";
import { Visible } from "../views/visible.tsx";
import type { Layer } from "./bars.ts";
import { nameOfLayer, textOfType, type TypeNames } from "./words.ts";

interface Props {
  readonly layers: readonly Layer[];
  readonly names: TypeNames;
  readonly question: string;
  /** The canvas takes its colours from the swatches in it, so that both are the same. */
  readonly list: RefObject<HTMLUListElement | null>;
  readonly onType: (type: string) => void;
}

export function Legend({ layers, names, question, list, onType }: Props) {
  const shades = shadesOf(layers, names);
  return (
    <ul class="chart-legend" aria-label="Types of the chart" ref={list}>
      {layers.map((layer, at) => {
        const { type, total } = layer;
        const name = nameOfLayer(layer, names);
        const content = (
          <>
            <Swatch layer={layer} names={names} shade={shades[at] ?? 0} />
            <span class="legend-name">
              <Visible text={name} />
            </span>
            <span class="number">{total.toLocaleString()}</span>
          </>
        );
        return (
          <li key={type ?? "others of all"}>
            {type === undefined ? (
              <span class="legend-entry">{content}</span>
            ) : (
              <button
                type="button"
                class="legend-entry"
                title={titleText(`Show only ${name}`)}
                aria-pressed={asksFor(question, "type", type)}
                onClick={() => onType(type)}
              >
                {content}
              </button>
            )}
          </li>
        );
      })}
    </ul>
  );
}

interface SwatchProps {
  readonly layer: Layer;
  readonly names: TypeNames;
  readonly shade: number;
}

function Swatch({ layer, names, shade }: SwatchProps) {
  const badge = textOfType(layer.type, names)?.badge;
  const kind = badge === undefined ? "plain" : (badge.tone ?? "hued");
  return (
    <span
      class={`swatch ${kind}`}
      style={{ "--shade": shade, ...(badge?.hue === undefined ? {} : { "--hue": badge.hue }) }}
    />
  );
}

/** Hues that are nearer to each other than this look the same. In degrees. */
const SAME_HUE = 20;

/** Types of one colour get different shades of it: 0, 1, 2, … */
function shadesOf(layers: readonly Layer[], names: TypeNames): number[] {
  const badges = layers.map(({ type }) => textOfType(type, names)?.badge);
  return badges.map((badge, at) => {
    const before = badges.slice(0, at).filter((other) => {
      if (badge === undefined || other === undefined) return false;
      if (badge.hue === undefined || other.hue === undefined) return badge.tone === other.tone;
      return Math.abs(badge.hue - other.hue) < SAME_HUE;
    });
    return before.length;
  });
}
