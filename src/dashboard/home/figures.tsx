import { takenOf } from "../../sources";
import { Figure, Figures } from "../../ui/components/panel";
import type { Words } from "../../ui/strings/define";
import type { stateWords } from "../../ui/strings/state";
import type { View } from "../../ui/view";
import type { HomeParts } from "./read";

type Part = { view: View; words: Words<typeof stateWords>; parts: HomeParts };

/** The figures of the last 24 hours. `again`: they take the place of those on the page (live.tsx). */
export function FigureRow({ view, words, parts, again = false }: Part & { again?: boolean }) {
  const { calls, endpoints, sources, waiting } = parts;
  const { number, counted, percent, span } = view.formats;
  const sum = (counts: readonly number[]) => counts.reduce((all, one) => all + one, 0);
  const tried = sum(endpoints?.map(({ health }) => health.attempts) ?? []);
  const delivered = sum(endpoints?.map(({ health }) => health.delivered) ?? []);
  const slowest = Math.max(0, ...(endpoints?.map(({ health }) => health.p95 ?? 0) ?? []));
  const taken = sum(sources?.map(({ health }) => takenOf(health.counts)) ?? []);
  const waitingNotices = sum(sources?.map(({ health }) => health.counts.quarantined) ?? []);
  const refused = sum(sources?.map(({ health }) => health.counts.refused) ?? []);
  const unassigned = sum((waiting ?? []).map((group) => group.calls));
  return (
    <div id="home-figures" hx-swap-oob={again ? "true" : undefined}>
      <Figures>
        {calls && (
          <Figure
            name={words.callsIn}
            href="/dashboard/calls?when=today"
            value={counted(calls.today.calls, calls.today.more)}
            note={words.before(counted(calls.before.calls, calls.before.more))}
          />
        )}
        {sources && (
          <Figure
            name={words.notices}
            value={number(taken)}
            note={
              waitingNotices > 0
                ? words.unassignedRefused(number(waitingNotices), number(refused))
                : words.refused(number(refused))
            }
          />
        )}
        {waiting && (
          <Figure
            name={words.waiting}
            href="/dashboard/unassigned"
            value={number(unassigned)}
            note={words.waitingNote}
          />
        )}
        {endpoints && (
          <Figure
            name={words.delivered}
            value={number(delivered)}
            note={tried === 0 ? words.noTries : words.ofAttempts(percent(delivered / tried))}
          />
        )}
        {endpoints && slowest > 0 && <Figure name={words.answerTime} value={span(slowest)} note={words.answerNote} />}
      </Figures>
    </div>
  );
}
