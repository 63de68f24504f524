/** A TCP proxy of a test's own, which can stop forwarding without closing anything: a network that hangs. */
import { connect, createServer, type Server, type Socket } from "node:net";

export class HangingProxy implements AsyncDisposable {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets: Set<Socket>;

  private constructor(server: Server, port: number, sockets: Set<Socket>) {
    this.#server = server;
    this.port = port;
    this.#sockets = sockets;
  }

  /** @param targetPort on loopback */
  static async start(targetPort: number): Promise<HangingProxy> {
    const sockets = new Set<Socket>();
    const state = { hangs: false, targetPort };
    const server = createServer((near) => {
      const far = connect(state.targetPort, "127.0.0.1");
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        sockets.add(from);
        from.on("data", (bytes) => {
          if (!state.hangs) to.write(bytes);
        });
        from.on("error", () => to.destroy());
        from.on("close", () => {
          sockets.delete(from);
          // Who hangs does not hear of the end either.
          if (!state.hangs) to.destroy();
        });
      }
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("the system gave no port");
    const proxy = new HangingProxy(server, address.port, sockets);
    proxy.setHanging = (hangs) => {
      state.hangs = hangs;
    };
    proxy.setTarget = (port) => {
      state.targetPort = port;
    };
    return proxy;
  }

  /** What is swallowed stays swallowed. */
  setHanging: (hangs: boolean) => void = () => undefined;

  /** Where the next connections lead. */
  setTarget: (port: number) => void = () => undefined;

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
