import type { OpenDelivery } from "./lanes";
import type { send } from "./send";
import type { AttemptOutcome, NewDelivery, StoredDelivery } from "./storage";

// Collects the outcomes of successful attempts and writes them together: each commit waits for the disk, and six
// answers within a few milliseconds need only one. After a crash before the write these deliveries are sent again: at
// most `MAX_TOGETHER`, beside those under way (docs/understand/architecture.md).

/** An attempt with its answer. */
export type Answered = { delivery: OpenDelivery; stored: StoredDelivery; result: Awaited<ReturnType<typeof send>> };

/** The largest number of outcomes in one write. */
export const MAX_TOGETHER = 16;

/** How long the first outcome waits for others, in milliseconds. */
const WAIT = 5;

export type Outcomes = {
  /** Adds an outcome. `isLast` writes it and all that wait at once. */
  add(answered: Answered, isLast: boolean): void;
  /** Writes all outcomes that wait. */
  flush(): void;
};

/** `write` stores the outcomes in one turn. `written` is called after a write that the timer triggered. */
export function newOutcomes(deps: { write(answered: readonly Answered[]): void; written(): void }): Outcomes {
  let waiting: Answered[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;

  function flush(): void {
    const answered = waiting;
    waiting = [];
    if (answered.length > 0) deps.write(answered);
  }

  return {
    flush,
    add: (answered, isLast) => {
      waiting.push(answered);
      if (isLast || waiting.length >= MAX_TOGETHER) return flush();
      // Not cleared where somebody else writes first: whoever waits for these lanes is woken all the same.
      timer ??= setTimeout(() => {
        timer = undefined;
        flush();
        deps.written();
      }, WAIT);
    },
  };
}

/** What is written of an answered attempt. `unwritten`: its delivery, where that has no row yet. */
export function attemptOutcomeOf(
  { delivery, stored, result }: Answered,
  unwritten: NewDelivery | undefined,
): AttemptOutcome {
  const { outcome } = result;
  return { key: delivery, attempts: delivery.attempts, deliveryId: stored.deliveryId, outcome, unwritten };
}
