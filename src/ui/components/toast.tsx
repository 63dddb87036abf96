import type { Child } from "hono/jsx";
import type { Tone } from "./status";

/** What just happened, and a way back where there is one. Shown by the page that follows the action. */
export function Toast({ tone = "good", children }: { tone?: Tone; children?: Child }) {
  return (
    <div class={`toast ${tone}`} role="status">
      <span class="dot" aria-hidden="true" />
      {children}
    </div>
  );
}
