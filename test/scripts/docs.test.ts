import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { test } from "node:test";

const PROJECT = join(import.meta.dirname, "..", "..");

/** The project's pages, relative to it. */
function pages(): string[] {
  const below = readdirSync(join(PROJECT, "docs"), { recursive: true, encoding: "utf8" });
  return ["README.md", ...below.filter((path) => path.endsWith(".md")).map((path) => join("docs", path))];
}

function textOf(page: string): string {
  return readFileSync(join(PROJECT, page), "utf8");
}

/** The page without what stands in code, where brackets are no links and `#` is no heading. */
function proseOf(page: string): string {
  return textOf(page).replaceAll(/^```[\s\S]*?^```/gm, "");
}

/** The anchors of a page's headings, made as the usual renderers of Markdown make them. */
function anchorsOf(page: string): Set<string> {
  const headings = proseOf(page).matchAll(/^#{1,6} +(.*)$/gm);
  const seen = new Map<string, number>();
  const anchors = new Set<string>();
  for (const [, heading = ""] of headings) {
    const text = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1").toLowerCase();
    const anchor = text
      .replaceAll(/[^\p{L}\p{N}\-_ ]/gu, "")
      .trim()
      .replaceAll(" ", "-");
    const times = seen.get(anchor) ?? 0;
    seen.set(anchor, times + 1);
    anchors.add(times === 0 ? anchor : `${anchor}-${times}`);
  }
  return anchors;
}

function brokenLinksOf(page: string): string[] {
  const links = proseOf(page)
    .replaceAll(/`[^`\n]*`/g, "")
    .matchAll(/\]\(([^)\s]+)\)/g);
  return [...links].flatMap(([, link = ""]) => {
    if (/^[a-z]+:/.test(link)) return [];
    const [path = "", anchor] = link.split("#");
    const target = path === "" ? page : relative(PROJECT, join(PROJECT, dirname(page), path));
    if (!existsSync(join(PROJECT, target))) return [`${page}: ${link} leads nowhere`];
    if (anchor === undefined || !target.endsWith(".md")) return [];
    return anchorsOf(target).has(anchor) ? [] : [`${page}: ${target} has no heading #${anchor}`];
  });
}

test("every link between the pages leads somewhere", () => {
  assert.deepEqual(pages().flatMap(brokenLinksOf), []);
});

test("a path that a page names exists", () => {
  // Decisions and the changelog keep the paths of their day.
  const current = pages().filter((page) => !/adr\/\d|changelog/.test(page));
  const missing = current.flatMap((page) =>
    [...textOf(page).matchAll(/`((?:src|test|scripts|migrations)\/[^`\s]*)`/g)]
      .map(([, path = ""]) => path)
      // `…` and `*` stand for any name; the files of a page's invented platform do not exist.
      .filter((path) => !/[…*{]|ringwell|acme/i.test(path) && !existsSync(join(PROJECT, path)))
      .map((path) => `${page} names ${path}`),
  );
  assert.deepEqual(missing, []);
});

test("a page that is named in a comment or a message exists", () => {
  const sources = ["src", "scripts", "test"].flatMap((folder) =>
    readdirSync(join(PROJECT, folder), { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".ts"))
      .map((path) => join(folder, path)),
  );
  const missing = [...sources, "wrangler.toml", ".ci/run"].flatMap((file) =>
    [...textOf(file).matchAll(/\bdocs\/[\w./-]*\w\.md\b/g)]
      .filter(([page]) => !existsSync(join(PROJECT, page)))
      .map(([page]) => `${file} names ${page}`),
  );
  assert.deepEqual(missing, []);
});

test("every page but the README is reached from it or from a page it reaches", () => {
  const reached = new Set(["README.md"]);
  for (const page of reached)
    for (const [, link = ""] of proseOf(page).matchAll(/\]\(([^)\s#]+)[^)\s]*\)/g)) {
      const target = relative(PROJECT, join(PROJECT, dirname(page), link));
      if (target.endsWith(".md") && existsSync(join(PROJECT, target))) reached.add(target);
    }
  assert.deepEqual(
    pages().filter((page) => !reached.has(page)),
    [],
  );
});
