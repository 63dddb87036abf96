import { z } from "@hono/zod-openapi";
import { invalid, type DomainError } from "../errors";
import { err, ok, type Result } from "../lib/result";
import { CLOSE_REASONS, type TaskChange } from "../quality";

/** What a person, or a key, may make of the state of a task. */
export const taskStateRequest = z.strictObject({
  state: z
    .enum(["closed", "open"])
    .describe("`closed`: nobody is to review it. `open`: a closed one waits for a reviewer again."),
  reason: z
    .enum(CLOSE_REASONS)
    .optional()
    .describe(
      "Why it is closed, needed there. `not_needed`: nobody wants to know. `no_conversation`: nobody talks in it. `audio`: it cannot be understood.",
    ),
  note: z.string().trim().max(2_000).optional().describe("More about it. `other` needs one."),
});

export function taskChangeOf({
  state,
  reason,
  note = "",
}: z.infer<typeof taskStateRequest>): Result<TaskChange, DomainError> {
  if (state === "open") {
    if (reason !== undefined) return err(invalid("reason", "is only for `closed`"));
    return note === "" ? ok({ state }) : err(invalid("note", "is only for `closed`"));
  }
  if (reason === undefined) return err(invalid("reason", "has to be given where `state` is `closed`"));
  if (reason === "other" && note === "") return err(invalid("note", "says why, where the reason is `other`"));
  return ok({ state, reason, note: note === "" ? null : note });
}
