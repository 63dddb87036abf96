import {
  checkClocks,
  CLOCKS,
  clocksOf,
  countExpiring,
  readRetention,
  setRetention,
  type Clocks,
  type Retention,
} from "../../privacy";
import type { FieldErrors } from "../../ui/components/form";
import { differing, type Difference } from "../../ui/components/stale";
import { pageAnswer } from "../../ui/layout/page";
import type { PageName } from "../../ui/layout/navigation";
import { wordsOf } from "../../ui/strings/define";
import { retentionWords } from "../../ui/strings/retention";
import { AskPage } from "../ask-page";
import { actOf, writingDeps, type PageContext } from "../deps";
import { failureAnswer, fieldErrorsFrom, seenOf, type Fields } from "../forms";
import { frameOf, readWhole } from "../frame";
import { clockFieldsIn, clocksIn, hiddenFieldsOf, type ClockFields } from "./form";
import { ClockSentences, Goes, sentenceOf } from "./parts";

export type Shown = {
  fields?: ClockFields;
  errors?: FieldErrors;
  differences?: readonly Difference[];
  /** What the form was filled from, where that is to be judged again. */
  seen?: string;
};

/** Whose clocks a form sets, and the pages around it. */
export type Place = {
  campaignId: string | null;
  /** Where the form is; it is shown again there with what is wrong. */
  at: string;
  current: PageName;
  askTitle: string;
  show(shown: Shown, status: 409 | 422): Promise<Response>;
};

/** What the form was filled with. */
export function seenOfClocks({ organization, campaigns }: Retention, campaignId: string | null): Promise<string> {
  return seenOf({ ...(campaignId === null ? organization : campaigns.get(campaignId)) });
}

/**
 * Takes a form of clocks: counts what they would remove in the next night, asks, and sets them once that is confirmed.
 * What somebody else changed meanwhile is shown beside it, and nothing is set.
 */
export async function takeClocks(c: PageContext, form: Fields, place: Place): Promise<Response> {
  const { deps, view, visitor } = c.var;
  const { organizationId, reach } = visitor.caller;
  const { campaignId, at, current, askTitle } = place;
  const words = wordsOf(retentionWords, view.language);
  const isCampaign = campaignId !== null;
  const fields = clockFieldsIn(form, isCampaign);
  const read = clocksIn(fields, isCampaign, view);
  if ("errors" in read) return place.show({ fields, errors: read.errors, seen: form.text("seen") }, 422);
  const { clocks } = read;
  const target = { organizationId, reach, campaignId };
  const stored = await readRetention(c.var.plain.db, organizationId);
  const seen = await seenOfClocks(stored, campaignId);
  if (form.text("seen") !== seen) {
    const sides = {
      now: effective(stored, campaignId),
      entered: effective(withClocks(stored, campaignId, clocks), campaignId),
    };
    const differences = differing(
      CLOCKS.map((clock) => ({
        label: words[clock],
        stored: sentenceOf(view, words, clock, sides.now[clock]),
        entered: sentenceOf(view, words, clock, sides.entered[clock]),
      })),
    );
    return place.show({ fields, differences }, 409);
  }
  if (form.text("confirmed") === "yes") {
    const set = await setRetention(writingDeps(c), target, clocks, actOf(c));
    if (set.ok) return c.redirect(`${at}?done=retention`, 303);
    if (set.error.kind !== "invalid") return failureAnswer(c, set.error);
    return place.show({ fields, errors: fieldErrorsFrom(view, set.error, "audio.days"), seen }, 422);
  }
  const allowed = await checkClocks(deps.db, target, clocks);
  if (!allowed.ok) return failureAnswer(c, allowed.error);
  const [counted, whole] = await Promise.all([
    countExpiring(deps.db, target, clocks, view.now),
    readWhole(deps.db, visitor),
  ]);
  const takes = Object.values(counted).some(({ count, more }) => count > 0 || more);
  const after = withClocks(stored, campaignId, clocks);
  return pageAnswer(
    <AskPage
      view={view}
      frame={frameOf(view, visitor, whole)}
      current={current}
      title={askTitle}
      action={at}
      back={{ href: at, title: words.back }}
      go={takes ? words.saveAndGo : words.save}
      danger={takes}
      fields={{ ...hiddenFieldsOf(fields), seen, confirmed: "yes" }}
    >
      <p>{words.willBe}</p>
      <ClockSentences
        view={view}
        words={words}
        organization={after.organization}
        own={campaignId === null ? undefined : (after.campaigns.get(campaignId) ?? {})}
      />
      <Goes view={view} words={words} counted={counted} />
    </AskPage>,
  );
}

function withClocks({ organization, campaigns }: Retention, campaignId: string | null, clocks: Clocks): Retention {
  if (campaignId === null) return { organization: clocks, campaigns };
  return { organization, campaigns: new Map([...campaigns, [campaignId, clocks]]) };
}

function effective({ organization, campaigns }: Retention, campaignId: string | null) {
  return clocksOf(organization, campaignId === null ? undefined : campaigns.get(campaignId));
}
