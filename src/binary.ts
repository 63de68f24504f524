/**
 * The entry of a single binary (scripts/build.ts). It is two programs in one file: the server, and the writer of its
 * demo, which the server starts as a second process.
 */
import { DEMO_WRITER } from "./process/demo.ts";

if (process.argv[2] === DEMO_WRITER) {
  process.argv.splice(2, 1);
  await import("./demo.ts");
} else {
  await import("./server.ts");
}
