// Clients as other generators make them of the document, in a folder: generate.js <document> <folder>
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createClient } from "@hey-api/openapi-ts";
import { generate } from "orval";

const [, , document, folder] = process.argv;

// `.js` in imports is what Node's own resolution of modules asks for.
await createClient({
  input: document,
  output: { path: join(folder, "hey-api"), module: { extension: ".js" } },
  plugins: ["@hey-api/client-fetch", "@hey-api/typescript", "@hey-api/sdk"],
});
// An upload has a form or the audio itself as its body. Unless orval is told to make a function of each, it makes one that
// takes either, sends an object as it is, and does not compile.
await generate({
  input: document,
  output: { target: join(folder, "orval", "client.ts"), client: "fetch", override: { splitByContentType: true } },
});

const compilerOptions = {
  module: "NodeNext",
  target: "ES2022",
  lib: ["ES2023", "DOM", "DOM.Iterable"],
  types: [],
  strict: true,
  noEmit: true,
};
writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }));
writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["hey-api", "orval"] }));
