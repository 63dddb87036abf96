import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ICONS } from "../../src/ui/icon-names.ts";

/** One SVG file with a symbol for each icon, named as in `src/ui/icon-names.ts`. */
export function iconSprite(folder: string): string {
  const symbols = Object.entries(ICONS).map(([name, file]) => {
    const svg = readFileSync(join(folder, `${file}.svg`), "utf8");
    const [, shapes] = /<svg[^>]*>([\s\S]*)<\/svg>/.exec(svg) ?? [];
    if (shapes === undefined) throw new Error(`the icon ${file} is no SVG`);
    return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round">${shapes.replace(/\s+/g, " ").trim()}</symbol>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`;
}
