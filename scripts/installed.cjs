// Preloaded (`node -r`) by every script that is TypeScript: it has to run on any Node, also on one that cannot read
// TypeScript and without node_modules, where the script itself would fail with a stack instead of a clear line.
const { existsSync } = require("node:fs");
const { join } = require("node:path");

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
const installed = existsSync(join(__dirname, "..", "node_modules", "wrangler", "package.json"));
const readsTypeScript = major > 22 || (major === 22 && minor >= 18);

if (!installed) {
  process.stderr.write("trunkline: node_modules is missing or incomplete: run `npm ci` first\n");
  process.exit(1);
}
if (!readsTypeScript) {
  process.stderr.write(
    `trunkline: this is Node ${process.versions.node}; run it as \`npm start\` or \`npm run …\`, which use the project's own Node\n`,
  );
  process.exit(1);
}
