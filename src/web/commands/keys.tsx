import { isAppleKeyboard, keyNames } from "./key-names.ts";

/** The keys of a command, each as it stands on the keyboard. */
export function Keys({ keys }: { readonly keys: readonly string[] }) {
  return (
    <span class="keys">
      {keyNames(keys, isAppleKeyboard()).map((parts, at) => (
        <span key={parts.join("+")}>
          {at > 0 && <span class="or"> or </span>}
          {parts.map((part) => (
            <kbd key={part}>{part}</kbd>
          ))}
        </span>
      ))}
    </span>
  );
}
