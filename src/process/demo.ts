/** The folder of `--demo`, and the second process that writes to the database in it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { partUrl } from "../parts.ts";
import { absolutePath, codeOf, StartFailure, wordsOf } from "./failure.ts";

/** How long a writer that was killed may take to be gone: it is a matter of milliseconds. */
const WRITER_END_DEADLINE_MS = 500;

/** The argument by which a single binary, which has no file to run, becomes the writer. */
export const DEMO_WRITER = "--demo-writer";

export interface DemoOptions {
  /** Creates the database. */
  readonly create: (path: string) => void;
  /** The shape of its table, where it is not that of the documentation. */
  readonly shape: string | undefined;
  /** The writer ended, and not because the demo is over: there will be no further rows. */
  readonly onWriterEnd: (end: {
    readonly exitCode: number | null;
    readonly signal: string | number | null;
    /** The line that the writer had to say, or none. */
    readonly reason: string | undefined;
  }) => void;
}

export class Demo implements AsyncDisposable {
  /** Of the database. */
  readonly path: string;
  readonly #directory: string;
  readonly #writer: Bun.Subprocess<"pipe", "ignore", "pipe">;
  #isOver = false;

  private constructor(directory: string, path: string, { shape, onWriterEnd }: DemoOptions) {
    this.#directory = directory;
    this.path = path;
    // The writer ends, and removes the folder, when its standard input does: however this process ended.
    this.#writer = Bun.spawn(
      [process.execPath, writerProgram(), path, "--remove", ...(shape === undefined ? [] : [shape])],
      {
        cwd: directory,
        stdin: "pipe",
        stdout: "ignore",
        stderr: "pipe",
      },
    );
    void this.#watchWriter(onWriterEnd);
    process.on("exit", this.#remove);
  }

  /**
   * Creates the folder and starts the writer, in one turn: a signal is handled before it, or when all can be undone.
   * @throws StartFailure where one of them is not possible. Nothing stays behind then
   */
  static start(options: DemoOptions): Demo {
    const directory = createDirectory();
    try {
      const path = join(directory, "events.db");
      options.create(path);
      return new Demo(directory, path, options);
    } catch (error) {
      rmSync(directory, { recursive: true, force: true });
      if (error instanceof StartFailure) throw error;
      throw new StartFailure(
        `can't start the demo in ${directory}: ${wordsOf(error)}`,
        "set TMPDIR to a folder with some room",
      );
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    this.#writer.kill("SIGKILL");
    await Promise.race([this.#writer.exited, Bun.sleep(WRITER_END_DEADLINE_MS)]);
    this.#remove();
    process.off("exit", this.#remove);
  }

  /**
   * A second signal ends the process while the first one is obeyed, when the writer is dead already. `timeout` sends
   * two, and one to the writer.
   */
  readonly #remove = (): void => {
    this.#writer.kill("SIGKILL");
    rmSync(this.#directory, { recursive: true, force: true });
  };

  async #watchWriter(onWriterEnd: DemoOptions["onWriterEnd"]): Promise<void> {
    // The writer prints one line at most.
    const [words] = await Promise.all([new Response(this.#writer.stderr).text(), this.#writer.exited]);
    if (this.#isOver) return;
    const { exitCode, signalCode: signal } = this.#writer;
    onWriterEnd({ exitCode, signal, reason: words.trim() === "" ? undefined : words.trim() });
  }
}

/** What this program is told to run as the writer. */
function writerProgram(): string {
  return Bun.isStandaloneExecutable ? DEMO_WRITER : fileURLToPath(partUrl("demo.ts"));
}

function createDirectory(): string {
  const parent = absolutePath(tmpdir());
  try {
    return mkdtempSync(join(parent, "tailboard-demo-"));
  } catch (error) {
    throw new StartFailure(
      `can't create a temporary folder in ${parent}: ${codeOf(error) ?? wordsOf(error)}`,
      "set TMPDIR to a folder that exists and that you may write to",
    );
  }
}
