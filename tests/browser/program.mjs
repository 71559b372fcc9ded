// The program with its demo, on a free port and with a store in memory.

import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PROGRAM = join(ROOT, "target/debug/data-adapter");

/** The configuration of the demo. */
export const DEMO = readFileSync(join(ROOT, "crates/data-adapter/src/demo/configuration.toml"), "utf8");

/** The name of the one who may call a program that asks for a token. */
export const CALLER = "browser";

/**
 * Starts it, as the demo or with this configuration, which finds `files` (texts, by their paths) beside it; with `asksForToken` it is
 * the demo that lets in nobody but `CALLER`, to the paths that `mayUse` names if it is given. Gives its URL, the token, its folder, and how to
 * stop it.
 */
export async function start({ asksForToken = false, mayUse, config, files = {} } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "data-adapter-"));
  const args = ["--port", "0"];
  let token;
  if (asksForToken) {
    const [made, digest] = execFileSync(PROGRAM, ["caller-token"], { encoding: "utf8" }).split("\n");
    token = made;
    const paths = mayUse ? `paths = ${JSON.stringify(mayUse)}\n` : "";
    config = `${DEMO}[[callers.allowed]]\nname = "${CALLER}"\n${digest}\n${paths}`;
  }
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  if (config !== undefined) {
    writeFileSync(join(folder, "data-adapter.toml"), config);
    args.push("--config", "data-adapter.toml");
  }
  const foreign = ([name]) => !name.startsWith("DATA_ADAPTER");
  const env = Object.fromEntries(Object.entries(process.env).filter(foreign));
  env.DATA_ADAPTER__STORE__URL = "memory:";
  const child = spawn(PROGRAM, args, { cwd: folder, env, stdio: ["ignore", "ignore", "pipe"] });
  const url = await listening(child);
  const stop = async () => {
    if (child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await ended;
    rmSync(folder, { recursive: true });
  };
  return { url, token, folder, stop };
}

function listening(child) {
  return new Promise((resolve, reject) => {
    let log = "";
    child.stderr.setEncoding("utf8").on("data", (text) => {
      log += text;
      const found = /listening on (http:\S+)/.exec(log);
      if (found) resolve(found[1]);
    });
    child.once("error", reject);
    child.once("exit", () => reject(new Error(`the program ended:\n${log}`)));
  });
}
