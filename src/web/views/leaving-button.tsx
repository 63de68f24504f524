import type { ComponentProps } from "preact";
import { useRef } from "preact/hooks";

import { useHeir } from "./heir.ts";

type Props = Omit<ComponentProps<"button">, "type" | "ref"> & {
  /** See `useHeir`. */
  readonly heirs: readonly string[];
};

/** A button that goes away when it is pressed, or soon after. The focus goes on from it. */
export function LeavingButton({ heirs, ...rest }: Props) {
  const button = useRef<HTMLButtonElement>(null);
  useHeir(button, () => heirs);
  return <button ref={button} type="button" {...rest} />;
}
