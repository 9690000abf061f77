/** The code that is free of Proxy-Wasm, for unit tests. */

import { assertIsBuilt } from "./built.js";

assertIsBuilt("build/test/plain.js");

export * from "../../build/test/plain.js";
