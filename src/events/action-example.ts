import type { ActionResultSnapshot } from "./snapshots";

/** What came of an action of the call that all examples are about. */
export const exampleAction: ActionResultSnapshot = {
  id: "pca_01k3a7w8q0m4x2c9v5b6n7p8r1",
  name: "Wants to cancel?",
  kind: "ask",
  state: "completed",
  reason: null,
  started_at: "2026-08-20T14:03:20.000Z",
  ended_at: "2026-08-20T14:03:22.000Z",
  result: { engine: "llm", version: "gpt-4o-mini", answer: { cancels: false } },
};
