import type { Child } from "hono/jsx";

export type Tone = "good" | "attention" | "wrong" | "idle";

/** A state: always a dot and a word. */
export function Status({ tone, children }: { tone: Tone; children?: Child }) {
  return (
    <span class={`status ${tone}`}>
      <span class="dot" aria-hidden="true" />
      {children}
    </span>
  );
}

/** A short mark beside something: a flag of a call, an answer's status. */
export function Tag({ tone = "idle", children }: { tone?: Tone | "voice"; children?: Child }) {
  return <span class={`tag ${tone}`}>{children}</span>;
}
