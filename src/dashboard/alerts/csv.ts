import type { CampaignRow } from "../../campaigns";
import type { Database } from "../../db/client";
import type { Within } from "../../identity";
import { toIso } from "../../lib/time";
import { alertPages, FALSE_ALARM_REASONS, type AlertFilter, type ListedAlert } from "../../quality";
import { wordsOf } from "../../ui/strings/define";
import { ruleWords } from "../../ui/strings/rules";
import type { View } from "../../ui/view";
import { ownerText } from "./list-page";

type Context = { view: View; campaigns: readonly CampaignRow[]; self: string };
type File = { head: string[]; pages: AsyncGenerator<readonly (readonly string[])[]> };

/** The alerts that a filter finds as a file for people: in the language of the page, with names in place of ids. */
export function alertsFile(db: Database, query: Within & { filter: AlertFilter }, context: Context): File {
  const words = wordsOf(ruleWords, context.view.language);
  const { raised, level, risk, why, when, campaign, owner, state, reason, note, decided, csvCall } = words;
  const head = [raised, level, risk, why, when, campaign, owner, state, reason, note, decided, csvCall];
  return { head, pages: linesOf(db, query, context) };
}

async function* linesOf(db: Database, query: Within & { filter: AlertFilter }, context: Context): File["pages"] {
  const names = new Map(context.campaigns.map(({ id, name }) => [id, name]));
  for await (const page of alertPages(db, query)) yield page.map((one) => cellsOf(one, names, context));
}

function cellsOf({ alert, call }: ListedAlert, names: ReadonlyMap<string, string>, { view, self }: Context): string[] {
  const words = wordsOf(ruleWords, view.language);
  const reason = FALSE_ALARM_REASONS.find((one) => one === alert.reason);
  const why = alert.fired.map(({ rule, said }) => (rule === null ? `${words.platform}: ${said.join(" ")}` : rule.name));
  return [
    toIso(alert.raisedAt),
    words[alert.level],
    alert.score === null ? "" : String(alert.score),
    why.join("; "),
    (call.direction === "outbound" ? call.toRaw : call.fromRaw) ?? "",
    call.campaignId === null ? "" : (names.get(call.campaignId) ?? ""),
    ownerText(words, alert.ownerId, self),
    words[alert.state],
    reason === undefined ? (alert.reason ?? "") : words[reason],
    alert.note ?? "",
    toIso(alert.decidedAt) ?? "",
    call.id,
  ];
}
