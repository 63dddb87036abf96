import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative, sep } from "node:path";

/**
 * The rooms of `src`, from the left to the right: a room imports rooms to its left, those on its own line never each
 * other. Edges may import any core room, and no other edge. What a room needs of its right is passed in.
 */
const GROUND = ["db", "queues", "lib", "ui"];

/** What pages are made of: ground that only the edges which show pages build on. */
const FOR_PAGES = "ui";
const CORE = [
  ["events"],
  ["identity"],
  ["campaigns", "operators"],
  ["calls"],
  ["recordings"],
  ["platforms"],
  ["sources", "connectors"],
  ["analysis"],
  ["quality", "knowledge"],
  ["search"],
  ["actions"],
  ["pipeline", "delivery"],
  ["health", "privacy", "reports", "sealing", "usage"],
  ["bulk", "samples"],
];
const EDGES = ["ingest", "api", "dashboard", "auth", "jobs"];

/** Files in `src` itself: what any room may import, what edges may, and those that only `index.ts` imports. */
const FOR_ALL = ["errors.ts"];
const FOR_EDGES = ["config.ts", "deps.ts", "errors.ts"];

/**
 * The Durable Objects and the deps they build from their `Env`: the only core files that may import runtime and
 * configuration.
 */
const DURABLE_OBJECTS = [
  "delivery/object/object.ts",
  "delivery/stream/object.ts",
  "jobs/source-lane.ts",
  "delivery/object/send-deps.ts",
  "identity/quota.ts",
];

/**
 * The only files above the ground that scripts of pages may import: they run in browsers too, so that a page counts as the
 * Worker does. Of `answers` and `shape` they take types alone, and the others import no values but each other's.
 */
const IN_BROWSERS = ["answers", "asked", "effects", "score", "shape"].map((name) => `quality/scorecards/${name}.ts`);

/** Files of programs that run beside the Worker, which it must read the same way, and the room that does. */
const BESIDE: Readonly<Record<string, string>> = { "../tools/bridge/clock.js": "connectors" };

/** Packages that only some rooms may import; `events` makes the API's schemas with the `z` of `@hono/zod-openapi`. */
const PACKAGES: readonly { name: RegExp; allowed(file: string, room: string): boolean; why: string }[] = [
  {
    name: /^cloudflare:workers$/,
    allowed: (file) => DURABLE_OBJECTS.includes(file),
    why: "only a Durable Object's file knows the runtime",
  },
  {
    name: /^hono(\/|$)/,
    allowed: (_, room) => room === "" || room === FOR_PAGES || (EDGES.includes(room) && room !== "jobs"),
    why: "only the edges that speak HTTP, and what their pages are made of, know hono",
  },
  {
    name: /^@hono\//,
    allowed: (_, room) => room === "api" || room === "events",
    why: "only the API knows OpenAPI, and `events` its `z`",
  },
];

/** What is wrong with the imports of one file of `src`. `file` and its imports are paths relative to `src`. */
export function wrongImports(file: string, text: string, isFile: (path: string) => boolean): string[] {
  const room = roomOf(file);
  return specifiersIn(text).flatMap((specifier) => {
    const why = specifier.startsWith(".")
      ? whyNot(file, room, targetOf(file, specifier, isFile))
      : PACKAGES.find(({ name, allowed }) => name.test(specifier) && !allowed(file, room))?.why;
    return why === undefined ? [] : [`src/${file} imports "${specifier}": ${why}`];
  });
}

function whyNot(file: string, room: string, target: string): string | undefined {
  if (room === "" && file !== "config.ts" && file !== "errors.ts") return undefined;
  if (BESIDE[target] === room) return undefined;
  const other = roomOf(target);
  if (other === room) return undefined;
  if (other === "") {
    const known = EDGES.includes(room) || DURABLE_OBJECTS.includes(file) ? FOR_EDGES : FOR_ALL;
    return known.includes(target) ? undefined : `a room of the ${layerOf(room)} knows nothing of ${target}`;
  }
  if (other === FOR_PAGES && !EDGES.includes(room)) return "only an edge shows pages";
  if (GROUND.includes(other)) return undefined;
  if (EDGES.includes(other)) return "nothing but the entry imports an edge";
  if (file.startsWith("ui/browser/") && IN_BROWSERS.includes(target)) return undefined;
  if (GROUND.includes(room)) return "the ground imports nothing above it";
  if (target !== `${other}/index.ts`) return "another room is imported through its index";
  return EDGES.includes(room) || placeOf(other) < placeOf(room) ? undefined : `${room} imports leftwards only`;
}

function layerOf(room: string): string {
  return GROUND.includes(room) ? "ground" : EDGES.includes(room) ? "edges" : "core";
}

function placeOf(room: string): number {
  const place = CORE.findIndex((rooms) => rooms.includes(room));
  if (place === -1) throw new Error(`scripts/import-rule.ts gives no place to the room ${room}`);
  return place;
}

/** "" for a file in `src` itself. */
function roomOf(path: string): string {
  return path.includes("/") ? path.slice(0, path.indexOf("/")) : "";
}

function specifiersIn(text: string): string[] {
  const statements = text.matchAll(/^(?:import|export)\b(?:[^;"]*?\bfrom)?\s*"([^"]+)"|\bimport\("([^"]+)"\)/gm);
  return [...statements].flatMap(([, specifier, dynamic]) => specifier ?? dynamic ?? []);
}

function targetOf(file: string, specifier: string, isFile: (path: string) => boolean): string {
  const path = normalize(join(dirname(file), specifier))
    .split(sep)
    .join("/");
  return [path, `${path}.ts`, `${path}.tsx`, `${path}/index.ts`].find((candidate) => isFile(candidate)) ?? path;
}

/** Every wrong import of the sources below `folder`. */
export function wrongImportsBelow(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"));
  const known = new Set(files);
  return files
    .filter((file) => /\.tsx?$/.test(file) && !file.endsWith(".d.ts"))
    .flatMap((file) => wrongImports(file, readFileSync(join(folder, file), "utf8"), (path) => known.has(path)));
}

if (import.meta.main) {
  const wrong = wrongImportsBelow(join(import.meta.dirname, "..", "src"));
  for (const line of wrong) console.error(line);
  if (wrong.length > 0) process.exitCode = 1;
}
