import type { Signal } from "@preact/signals";

interface Props<T extends string> {
  /** What is chosen, as in `Theme`. */
  readonly title: string;
  readonly choices: readonly T[];
  readonly words: Readonly<Record<T, string>>;
  readonly choice: Signal<T>;
}

/** One of a few: the arrow keys go from one to the next. */
export function Choice<T extends string>({ title, choices, words, choice }: Props<T>) {
  return (
    <fieldset class="choice">
      <legend>{title}</legend>
      {choices.map((each) => (
        <label key={each} class={choice.value === each ? "chosen" : undefined}>
          <input
            type="radio"
            name={title}
            value={each}
            checked={choice.value === each}
            onChange={() => {
              choice.value = each;
            }}
          />
          <span>{words[each]}</span>
        </label>
      ))}
    </fieldset>
  );
}
