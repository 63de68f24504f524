/**
 * Notices that the reader of standard output has gone while nothing is printed. A write would tell, but in
 * `tail | head -1` there may be none for hours, and the shell waits for both. Node's interface has no way to ask:
 * poll(2) of the system does.
 */
import { dlopen, ptr } from "bun:ffi";

const STANDARD_OUTPUT = 1;

/** How often is asked. In ms. */
const WATCH_MS = 250;

/** From poll.h, the same on Linux and macOS: the reader of a pipe has gone, or the other side hung up. */
const POLLERR = 0x08;
const POLLHUP = 0x10;

/** `struct pollfd`: an int, and two shorts for what is asked and what is answered. */
const POLLFD_BYTES = 8;
const REVENTS_AT = 6;

/** Where the C library is, by the name that the loader knows. */
const LIBRARIES = process.platform === "darwin" ? ["libSystem.B.dylib"] : ["libc.so.6", "libc.so"];

const POLL = { poll: { args: ["ptr", "u64", "i32"], returns: "i32" } } as const;

/**
 * Asks every now and then. On a system whose C library has another name nobody is asked, and the next line tells.
 * @param onClosed called once
 */
export class OutputWatch implements Disposable {
  readonly #timer: Timer;
  readonly #onClosed: () => void;
  #isClosed = false;
  /** Undefined until it is needed, "none" where there is none. */
  #library: ReturnType<typeof load> | "none" | undefined;

  constructor(onClosed: () => void) {
    this.#onClosed = onClosed;
    this.#timer = setInterval(() => this.#look(), WATCH_MS).unref();
  }

  /** Whether nobody reads any more, as of the last time that was asked. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    if (this.#library !== "none") this.#library?.close();
    this.#library = "none";
  }

  #look(): void {
    this.#library ??= load() ?? "none";
    if (this.#library === "none") return clearInterval(this.#timer);
    const asked = new DataView(new ArrayBuffer(POLLFD_BYTES));
    asked.setInt32(0, STANDARD_OUTPUT, true);
    if (this.#library.symbols.poll(ptr(asked), 1, 0) < 1) return;
    if ((asked.getInt16(REVENTS_AT, true) & (POLLERR | POLLHUP)) === 0) return;
    clearInterval(this.#timer);
    this.#isClosed = true;
    this.#onClosed();
  }
}

function load() {
  for (const name of LIBRARIES) {
    try {
      return dlopen(name, POLL);
    } catch {
      // It has another name here: the next one may be it.
    }
  }
  return undefined;
}
