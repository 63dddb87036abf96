import { frame } from "../strings/frame";
import { wordsOf } from "../strings/define";
import type { View } from "../view";

/** Shares of speech in fifteenths, column by column; `anyone` where one channel carries every party. */
export type Strip = { operator: readonly number[]; customer: readonly number[] } | { anyone: readonly number[] };

const WHOLE = 15;
/** A column with at least so much speech is drawn as speech. */
const SPEECH = 4;
const WIDTH = 132;

/**
 * A conversation in 132 × 16 pixels: operator above the mid-line, customer below, silence the line alone. Position
 * carries the meaning and colour repeats it.
 */
export function TalkStrip({ view, strip }: { view: View; strip: Strip | null }) {
  const words = wordsOf(frame, view.language);
  if (strip === null)
    return (
      <span class="no-strip" title={words.noTalk}>
        –
      </span>
    );
  return (
    <svg class="talk-strip" width="132" height="16" viewBox="0 0 132 16" role="img" aria-label={describe(view, strip)}>
      <path class="strip-line" d="M0 8H132" />
      {"anyone" in strip ? (
        <path class="strip-anyone" d={drawn(strip.anyone, 4, 8)} />
      ) : (
        <>
          <path class="strip-operator" d={drawn(strip.operator, 1, 6)} />
          <path class="strip-customer" d={drawn(strip.customer, 9, 6)} />
        </>
      )}
    </svg>
  );
}

/** What the three places of the strip mean. */
export function StripLegend({ view }: { view: View }) {
  const words = wordsOf(frame, view.language);
  return (
    <span class="strip-legend" aria-hidden="true">
      <span>
        <svg width="12" height="12" viewBox="0 0 12 12">
          <path class="strip-line" d="M0 6H12" />
          <path class="strip-operator" d="M0 0h12v5H0z" />
        </svg>
        {words.legendOperator}
      </span>
      <span>
        <svg width="12" height="12" viewBox="0 0 12 12">
          <path class="strip-line" d="M0 6H12" />
          <path class="strip-customer" d="M0 7h12v5H0z" />
        </svg>
        {words.legendCustomer}
      </span>
      <span>
        <svg width="12" height="12" viewBox="0 0 12 12">
          <path class="strip-line" d="M0 6H12" />
        </svg>
        {words.legendSilence}
      </span>
    </span>
  );
}

/** "Operator 44 %, customer 36 %, both 3 %, silence 17 %" */
export function describe(view: View, strip: Strip): string {
  const words = wordsOf(frame, view.language);
  const { percent } = view.formats;
  const round = (share: number) => percent(Math.round(share * 100) / 100);
  if ("anyone" in strip) {
    const speech = meanOf(strip.anyone.map((share) => share / WHOLE));
    return words.talkTogether(round(speech), round(1 - speech));
  }
  // Sums and no lists: a page of calls has fifty strips of up to 132 columns.
  let [operator, customer, both] = [0, 0, 0];
  const columns = strip.operator.length;
  for (let column = 0; column < columns; column += 1) {
    const one = (strip.operator[column] ?? 0) / WHOLE;
    const other = (strip.customer[column] ?? 0) / WHOLE;
    const together = Math.max(0, one + other - 1);
    operator += (one - together) / columns;
    customer += (other - together) / columns;
    both += together / columns;
  }
  return words.talk(round(operator), round(customer), round(both), round(Math.max(0, 1 - operator - customer - both)));
}

function meanOf(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** One path for all turns of one voice: neighbouring columns with speech are one block. */
function drawn(shares: readonly number[], top: number, height: number): string {
  const width = WIDTH / Math.max(1, shares.length);
  const blocks: string[] = [];
  for (let column = 0; column < shares.length; column += 1) {
    if ((shares[column] ?? 0) < SPEECH) continue;
    let end = column;
    while ((shares[end + 1] ?? 0) >= SPEECH) end += 1;
    const length = Math.max(1, (end + 1 - column) * width - 0.5);
    blocks.push(`M${short(column * width)} ${top}h${short(length)}v${height}h-${short(length)}z`);
    column = end;
  }
  return blocks.join("");
}

function short(value: number): string {
  return String(Math.round(value * 10) / 10);
}
