import type { BulkRequest, Selection } from "../../bulk";
import { MAX_TAGS, normalizeTag } from "../../calls";
import { digestOf, newId } from "../../lib/id";
import { CLOSE_REASONS, FALSE_ALARM_REASONS } from "../../quality";
import { engineFrom } from "./asked-engine";

/** A name and a model, as the API has them. */
const LONGEST_ENGINE = 141;
/** As the API has it. */
const MOST_OF_NOTE = 2_000;

/** What the form asks for, or what is wrong with it. `self`: the id of the person who sent it. */
export function requestOf(
  text: (name: string) => string,
  selection: Selection,
  self: string,
): BulkRequest | "bad_tags" | "no_note" | undefined {
  const action = text("action");
  switch (action) {
    case "tag":
    case "untag": {
      const tags = tagsIn(text("tags"));
      return tags ? { action, params: { tags }, selection } : "bad_tags";
    }
    case "move":
      return { action, params: { campaignId: placeIn(text("campaign")) }, selection };
    case "replay": {
      const endpointId = text("endpoint");
      return { action, params: endpointId === "" ? {} : { endpointId }, selection };
    }
    case "analyse":
      return { action, params: engineFrom(text("engine").slice(0, LONGEST_ENGINE)), selection };
    case "close": {
      const reason = CLOSE_REASONS.find((one) => one === text("reason"));
      const note = text("note").trim().slice(0, MOST_OF_NOTE);
      if (reason === undefined) return undefined;
      if (reason === "other" && note === "") return "no_note";
      return { action: "state", params: { state: "closed", reason, note: note === "" ? null : note }, selection };
    }
    case "reopen":
      return { action: "state", params: { state: "open" }, selection };
    case "alert_take":
      return { action: "alert", params: { ownerId: self }, selection };
    case "alert_give_back":
      return { action: "alert", params: { ownerId: null }, selection };
    case "alert_confirmed":
    case "alert_open":
      return { action: "alert", params: { state: action === "alert_open" ? "open" : "confirmed" }, selection };
    case "alert_false": {
      const reason = FALSE_ALARM_REASONS.find((one) => one === text("reason"));
      return reason && { action: "alert", params: { state: "false_alarm", reason }, selection };
    }
    case "erase":
      return { action, params: {}, selection };
    default:
      return undefined;
  }
}

/** The choice that is no campaign: back to the calls that wait for one. */
export const UNASSIGNED = "unassigned";

/** What a form says about where calls are to be. */
export function placeIn(text: string): string | null {
  return text === UNASSIGNED ? null : text;
}

/** Undefined where one is none, or there are none or too many. */
function tagsIn(text: string): string[] | undefined {
  const named = text.split(",").filter((part) => part.trim() !== "");
  const tags = named.map((part) => normalizeTag(part)).filter((tag) => tag !== undefined);
  const different = [...new Set(tags)];
  return tags.length === named.length && different.length > 0 && different.length <= MAX_TAGS ? different : undefined;
}

/** An id of the form that asks, which becomes that of its job. */
export function newFormId(now: number): string {
  return newId("job", now);
}

const FORM_ID = /^job_[0-9a-hjkmnp-tv-z]{26}$/;
export function isJobId(text: string): boolean {
  return FORM_ID.test(text);
}

const TIME = "job_".length + 10;

/**
 * The id of the job: the same where the same form asks for the same again, and another where the person went back and
 * asked for something else. It sorts by the time of the form.
 */
export async function jobIdOf(formId: string, asked: object, now: number): Promise<string> {
  const given = FORM_ID.test(formId) ? formId : newFormId(now);
  return given.slice(0, TIME) + (await digestOf([given, JSON.stringify(asked)])).slice(0, 16);
}
