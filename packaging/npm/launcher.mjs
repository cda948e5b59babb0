#!/usr/bin/env node
// Starts the binary that belongs to this system, and ends as it ends.

import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { constants } from "node:os";

const system = `${process.platform}-${process.arch}`;
const file = process.platform === "win32" ? "onegent-mcp-server.exe" : "onegent-mcp-server";

let binary;
try {
  binary = createRequire(import.meta.url).resolve(`@onegent/mcp-server-${system}/bin/${file}`);
} catch {
  console.error(
    `onegent-mcp-server: there is no binary for ${system} beside this package.\n` +
      "  hint: install without --omit=optional; other systems build it with `cargo install onegent-cli`",
  );
  process.exit(1);
}

const child = spawn(binary, process.argv.slice(2), { stdio: "inherit" });
child.on("error", (error) => {
  console.error(`onegent-mcp-server: can't start ${binary}: ${error.message}`);
  process.exit(1);
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => child.kill(signal));
}
child.on("exit", (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
