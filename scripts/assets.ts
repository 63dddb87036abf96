// `[build]` of wrangler.toml: makes what browsers load of `src/ui`, each under a name that changes with its content.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { build } from "esbuild";
import { iconSprite } from "./assets/icon-sprite.ts";

const PROJECT = join(import.meta.dirname, "..");

/** Served as they are: the folder of `[assets]` in wrangler.toml. */
const PUBLIC = join(PROJECT, ".wrangler", "assets");

/** The module `#assets`: the path of each asset by its name. */
const NAMES = join(PROJECT, ".wrangler", "asset-names.js");

const HEADERS = `/assets/*
  Cache-Control: public, max-age=31536000, immutable
  X-Content-Type-Options: nosniff
`;

/** Recordings of the sample calls, which the Worker loads through its binding. */
const SAMPLES = join(PROJECT, "src", "samples", "audio");

const UI = join(PROJECT, "src", "ui");
const ENTRIES = {
  styles: join(UI, "styles", "app.css"),
  app: join(UI, "browser", "app.ts"),
  player: join(UI, "browser", "player.ts"),
  uploads: join(UI, "browser", "uploads.ts"),
  transcript: join(UI, "browser", "transcript.ts"),
  comments: join(UI, "browser", "comments.ts"),
  review: join(UI, "browser", "review.ts"),
  scorecard: join(UI, "browser", "scorecard.ts"),
  "api-docs": join(UI, "browser", "api-docs.ts"),
};

/** Builds the assets and writes those that changed. */
export async function buildAssets(): Promise<void> {
  const { outputFiles } = await build({
    entryPoints: ENTRIES,
    absWorkingDir: PROJECT,
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    // The style sheet is written for browsers that know `light-dark()` and nesting.
    supported: { nesting: true },
    loader: { ".woff2": "file" },
    entryNames: "[name].[hash]",
    assetNames: "[name].[hash]",
    outdir: join(PUBLIC, "assets"),
    publicPath: "/assets",
    legalComments: "none",
    logLevel: "warning",
    write: false,
  });
  const files = new Map(outputFiles.map(({ path, contents }) => [basename(path), contents]));
  const sprite = Buffer.from(iconSprite(join(PROJECT, "node_modules", "lucide-static", "icons")));
  files.set(`icons.${hashOf(sprite)}.svg`, sprite);
  const mark = readFileSync(join(UI, "mark.svg"));
  files.set(`mark.${hashOf(mark)}.svg`, mark);

  mkdirSync(join(PUBLIC, "samples"), { recursive: true });
  for (const name of readdirSync(SAMPLES).filter((one) => one.endsWith(".mp3")))
    writeIfChanged(join(PUBLIC, "samples", name), readFileSync(join(SAMPLES, name)));
  mkdirSync(join(PUBLIC, "assets"), { recursive: true });
  for (const [name, contents] of files) writeIfChanged(join(PUBLIC, "assets", name), contents);
  writeIfChanged(join(PUBLIC, "_headers"), Buffer.from(HEADERS));
  // What the build before made stays for one more: a Worker that is still served names it.
  const before = existsSync(NAMES) ? readFileSync(NAMES, "utf8") : "";
  for (const name of readdirSync(join(PUBLIC, "assets")))
    if (!files.has(name) && !name.endsWith(".new") && !before.includes(name))
      rmSync(join(PUBLIC, "assets", name), { force: true });
  writeIfChanged(NAMES, Buffer.from(namesModule([...files.keys()])));
}

function hashOf(contents: Uint8Array): string {
  return createHash("sha256").update(contents).digest("hex").slice(0, 8);
}

function namesModule(files: readonly string[]): string {
  const pathOf = (start: RegExp) => {
    const file = files.find((name) => start.test(name));
    if (file === undefined) throw new Error(`no asset is named like ${start.source}`);
    return `/assets/${file}`;
  };
  const paths = {
    styles: pathOf(/^styles\..*\.css$/),
    app: pathOf(/^app\..*\.js$/),
    player: pathOf(/^player\..*\.js$/),
    uploads: pathOf(/^uploads\..*\.js$/),
    transcript: pathOf(/^transcript\..*\.js$/),
    comments: pathOf(/^comments\..*\.js$/),
    review: pathOf(/^review\..*\.js$/),
    scorecard: pathOf(/^scorecard\..*\.js$/),
    apiDocs: pathOf(/^api-docs\..*\.js$/),
    apiDocsStyles: pathOf(/^api-docs\..*\.css$/),
    icons: pathOf(/^icons\./),
    mark: pathOf(/^mark\./),
    font: pathOf(/^inter-latin-wght-normal\./),
  };
  return `export const assets = ${JSON.stringify(paths, null, 2)};\n`;
}

/** A file that stays the same is left alone, so that a watcher sees only changes; no reader sees half of one. */
function writeIfChanged(path: string, contents: Uint8Array): void {
  if (existsSync(path) && Buffer.from(contents).equals(readFileSync(path))) return;
  const next = `${path}.${process.pid}.new`;
  writeFileSync(next, contents);
  renameSync(next, path);
}

if (import.meta.main) await buildAssets();
