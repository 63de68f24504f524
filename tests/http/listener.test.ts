/** A listener whose process runs out of open files. */
import { expect, setDefaultTimeout, test } from "bun:test";

import { Listener } from "../../src/http/listener.ts";
import { TEST_TIMEOUT_MS, until } from "../support/until.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

/** Longer than any of the requests here is held. */
const GRACE_MS = 30_000;

/** A listener, open files as the test wants them, and requests that are answered when the test says so. */
class Setup implements AsyncDisposable {
  areUsedUp = false;
  reserve = "held";
  readonly changes: string[] = [];
  readonly errors: unknown[] = [];
  readonly #held = Promise.withResolvers<void>();
  readonly listener = new Listener({
    basePath: "/",
    host: "127.0.0.1",
    port: 0,
    fetch: async (request) => {
      if (request.url.endsWith("/held")) await this.#held.promise;
      return new Response("ok");
    },
    tls: undefined,
    openFiles: {
      areUsedUp: () => this.areUsedUp,
      giveReserve: () => void (this.reserve = "given"),
      recover: () => !this.areUsedUp,
    },
    onChange: (state) => this.changes.push(state),
    onError: (error) => this.errors.push(error),
  });

  fetch(path: string): Promise<string> {
    // A connection of its own: one that is kept alive would be closed with the port.
    return fetch(new URL(path, this.listener.url), { headers: { Connection: "close" } }).then((response) =>
      response.text(),
    );
  }

  release(): void {
    this.#held.resolve();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.release();
    await this.listener.close(0);
  }
}

test("refuses while the open files are used up, and tells each change once", async () => {
  await using setup = new Setup();
  const held = setup.fetch("/held");
  expect(await setup.fetch("/")).toBe("ok");
  setup.areUsedUp = true;
  await until(() => setup.changes.length > 0, "the change");
  expect(setup.reserve).toBe("given");
  expect(await setup.fetch("/").catch(() => "refused")).toBe("refused");
  setup.areUsedUp = false;
  await until(() => setup.changes.length > 1, "the other change");
  expect(await setup.fetch("/")).toBe("ok");
  expect(setup.changes).toEqual(["refusing", "accepting"]);
  setup.release();
  expect(await held).toBe("ok");
});

test("the end waits for requests of before, too", async () => {
  await using setup = new Setup();
  const held = setup.fetch("/held");
  expect(await setup.fetch("/")).toBe("ok");
  setup.areUsedUp = true;
  await until(() => setup.changes.length > 0, "the change");
  setup.areUsedUp = false;
  await until(() => setup.changes.length > 1, "the other change");
  let isClosed = false;
  const closed = setup.listener.close(GRACE_MS).then(() => (isClosed = true));
  // Many turns of the event loop, in which an end that did not wait would come.
  for (let attempt = 1; attempt <= 20; attempt++) await setup.fetch("/").catch(() => undefined);
  expect(isClosed).toBe(false);
  setup.release();
  expect(await held).toBe("ok");
  await closed;
});

test("a port that another program took meanwhile is tried again", async () => {
  await using setup = new Setup();
  const port = Number(new URL(setup.listener.url).port);
  setup.areUsedUp = true;
  await until(() => setup.changes.length > 0, "the change");
  const other = Bun.listen({ hostname: "127.0.0.1", port, socket: { data: () => undefined } });
  setup.areUsedUp = false;
  await until(() => setup.errors.length > 0, "the error");
  other.stop();
  await until(() => setup.changes.length > 1, "the other change");
  expect(await setup.fetch("/")).toBe("ok");
});
