import type { Child } from "hono/jsx";

export type Tab = { href: string; title: string; mark?: Child };

/** Parts of one thing, each with a URL of its own. On narrow screens they scroll; the chosen one stays in sight (narrow.css). */
export function Tabs({ label, tabs, current }: { label: string; tabs: readonly Tab[]; current: string }) {
  return (
    <nav class="tabs" aria-label={label}>
      {tabs.map(({ href, title, mark }) => (
        <a href={href} aria-current={href === current ? "page" : undefined}>
          {title}
          {mark}
        </a>
      ))}
    </nav>
  );
}
