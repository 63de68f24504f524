/** Runs before every test file. */
import { setDefaultTimeout } from "bun:test";

/** Tests wait for conditions: this only ends one that waits for ever, on a machine that may be slow. */
setDefaultTimeout(30_000);
