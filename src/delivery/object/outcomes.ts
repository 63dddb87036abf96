import type { OpenDelivery } from "./lanes";
import type { send } from "./send";
import type { StoredDelivery } from "./storage";

// Outcomes of attempts that were answered with success, written together: each commit waits for the disk, and six answers
// that come within a few milliseconds need one. A crash before the write sends these deliveries again, at most
// `MAX_TOGETHER` of them beside those under way (docs/understand/architecture.md).

/** An attempt with its answer. */
export type Answered = { delivery: OpenDelivery; stored: StoredDelivery; result: Awaited<ReturnType<typeof send>> };

/** Outcomes written together at most. */
export const MAX_TOGETHER = 16;

/** How long the first of them waits for others, in milliseconds. */
const WAIT = 5;

export type Outcomes = {
  /** Adds one; it is written now where `isLast`, with all that wait. */
  add(answered: Answered, isLast: boolean): void;
  /** Writes what waits. */
  flush(): void;
};

/** `write` puts them down in one turn; `written` follows where that was the clock's doing. */
export function newOutcomes(deps: { write(answered: readonly Answered[]): void; written(): void }): Outcomes {
  let waiting: Answered[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;

  function flush(): void {
    // A timer left running would hold the object awake.
    clearTimeout(timer);
    timer = undefined;
    const answered = waiting;
    waiting = [];
    if (answered.length > 0) deps.write(answered);
  }

  return {
    flush,
    add: (answered, isLast) => {
      waiting.push(answered);
      if (isLast || waiting.length >= MAX_TOGETHER) return flush();
      timer ??= setTimeout(() => {
        flush();
        deps.written();
      }, WAIT);
    },
  };
}
