import type { TellMe } from "./tell-me.ts";

/** A switch for the question that is asked. */
export function TellMeSwitch({ tellMe }: { readonly tellMe: TellMe }) {
  return (
    <button
      id="tell-me"
      type="button"
      aria-pressed={tellMe.isOn.value}
      aria-describedby="tell-me-advice"
      title="A notification, and a mark in the title of the tab, when a row comes that matches while you look elsewhere"
      onClick={() => void tellMe.toggle()}
    >
      Tell me
    </button>
  );
}

/** In the page at all times, because assistive technology only notices a change of what is there. */
export function TellMeAdvice({ tellMe }: { readonly tellMe: TellMe }) {
  return (
    <p id="tell-me-advice" class="advice" role="status">
      {tellMe.advice.value}
    </p>
  );
}
