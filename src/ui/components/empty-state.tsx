import type { Child } from "hono/jsx";

/** Where a list has nothing: what will be here, and the one thing to do. */
export function EmptyState({ title, children, action }: { title: string; children?: Child; action?: Child }) {
  return (
    <div class="empty">
      <h2>{title}</h2>
      <p>{children}</p>
      {action}
    </div>
  );
}
