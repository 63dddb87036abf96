import type { Child } from "hono/jsx";

/**
 * What this is in one line, how it stands in one plain sentence, and at most three actions, the main one last.
 */
export function PageHead({ title, state, actions }: { title: Child; state?: Child; actions?: Child }) {
  return (
    <header class="page-head">
      <div class="page-title">
        <h1>{title}</h1>
        {state !== undefined && <p>{state}</p>}
      </div>
      {actions !== undefined && <div class="actions">{actions}</div>}
    </header>
  );
}
