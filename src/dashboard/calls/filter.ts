import { z } from "zod";
import { CALL_FLAGS, normalizeTag, type CallPosition } from "../../calls";
import { may, type Caller } from "../../identity";
import { VERDICTS, type WorstPosition } from "../../quality";
import { MOST_GRADE, type FoundBy } from "../../search";
import type { Formats } from "../../ui/formats";
import { addDays, startOfDay } from "../days";

/** From where on a risk is called so. */
export const RISK_FROM = { high: 70, critical: 90 } as const;

/** A number that scores are compared with, as it was written. */
const grade = z
  .string()
  .trim()
  .transform((text) => text.replace(",", "."))
  .refine((text) => /^\d{1,3}(\.\d)?$/.test(text))
  .optional()
  .catch(undefined);

/** What the URL of the list says. What it does not understand it leaves out: an old link still shows calls. */
const query = z.object({
  q: z.string().trim().min(1).max(100).optional().catch(undefined),
  when: z.enum(["today", "week", "month"]).optional().catch(undefined),
  from: z.iso.date().optional().catch(undefined),
  to: z.iso.date().optional().catch(undefined),
  campaign: z.string().min(1).max(100).optional().catch(undefined),
  operator: z.string().min(1).max(100).optional().catch(undefined),
  team: z.string().min(1).max(100).optional().catch(undefined),
  direction: z.enum(["inbound", "outbound", "internal"]).optional().catch(undefined),
  state: z.enum(["in_progress", "completed", "failed"]).optional().catch(undefined),
  tag: z
    .string()
    .transform((text) => normalizeTag(text))
    .optional()
    .catch(undefined),
  topic: z.string().trim().min(1).max(60).optional().catch(undefined),
  source: z.string().min(1).max(100).optional().catch(undefined),
  flag: z.enum(CALL_FLAGS).optional().catch(undefined),
  risk: z.enum(["high", "critical"]).optional().catch(undefined),
  score: z.string().trim().min(1).max(60).optional().catch(undefined),
  /** Bounds of the score: the first is included. */
  least: grade,
  below: grade,
  unassigned: z.literal("yes").optional().catch(undefined),
  verdict: z.enum(VERDICTS).optional().catch(undefined),
  reviewer: z.string().min(1).max(100).optional().catch(undefined),
  sort: z.literal("worst").optional().catch(undefined),
  after: z
    .string()
    .max(200)
    .regex(/^-?\d{1,15}(\.\d{1,20})?\.\w{0,100}(~\d{1,7})?$/)
    .optional()
    .catch(undefined),
});

export type CallQuery = z.infer<typeof query>;

export function readCallQuery(params: URLSearchParams): CallQuery {
  const { score, least, below, ...others } = query.parse(
    Object.fromEntries([...params].filter(([, value]) => value !== "")),
  );
  // What the index of words and scores finds has an order of its own.
  if (others.q !== undefined || others.risk !== undefined || others.topic !== undefined || score !== undefined)
    delete others.sort;
  // Bounds are of a score, or above what a risk is called: without one they say nothing.
  if (score !== undefined) return { ...others, score, ...definedOf({ least, below }) };
  return others.risk === undefined ? others : { ...others, ...definedOf({ below }) };
}

function definedOf<T extends object>(given: T): T {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as T;
}

const LIST = "/dashboard/calls";

/** The list without filters, also for a person whose list opens with a view. */
const WHOLE_LIST = `${LIST}?view=all`;

/** The URL of the list with some of it changed; undefined takes a filter away. Another filter begins at the newest. */
export function callsHref(current: CallQuery, changes: Partial<CallQuery>, path = LIST): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...current, after: undefined, ...changes }))
    if (value !== undefined) params.set(name, value);
  const text = params.toString();
  if (text === "") return path === LIST ? WHOLE_LIST : path;
  return `${path}?${text}`;
}

/** The filters as the URL has them, always in the same order. */
export function queryText(asked: CallQuery): string {
  return callsHref(asked, {}, "").slice(1);
}

export function hasFilter(asked: CallQuery): boolean {
  return Object.entries(asked).some(([name, value]) => name !== "after" && value !== undefined);
}

/** The same filters with their days by date: tomorrow they still mean what they mean today. */
export function fixedDays(asked: CallQuery, formats: Formats, now: number): CallQuery {
  const { when, ...others } = asked;
  return when === undefined ? others : { ...others, from: firstDayOf(when, formats, now), to: undefined };
}

function firstDayOf(when: NonNullable<CallQuery["when"]>, formats: Formats, now: number): string {
  return addDays(formats.isoDay(now), when === "today" ? 0 : when === "week" ? -6 : -29);
}

/**
 * The filter that core is asked with: days are days of the viewer's zone. What reviews came to is left out for those who may
 * not read it.
 */
export function callFilterOf(asked: CallQuery, formats: Formats, now: number, caller: Caller): FoundBy {
  const { risk, score, least, below, topic } = asked;
  const verdict = may(caller, "reviews:read") ? verdictOf(asked) : undefined;
  const { q, when, from, to, campaign, operator, team, source, flag, direction, state, tag, unassigned } = asked;
  const firstDay = when === undefined ? from : firstDayOf(when, formats, now);
  const lastDay = when === undefined ? to : undefined;
  return {
    ...(q === undefined ? {} : { text: q }),
    ...(verdict === undefined ? {} : { verdict }),
    ...(topic === undefined ? {} : { topic }),
    ...(risk === undefined ? {} : { risk: riskBounds(risk, score === undefined ? below : undefined) }),
    ...(score === undefined ? {} : { scores: [{ name: score, ...scoreBounds(least, below) }] }),
    ...(firstDay === undefined ? {} : { from: startOfDay(firstDay, formats) }),
    ...(lastDay === undefined ? {} : { to: startOfDay(addDays(lastDay, 1), formats) }),
    ...(campaign === undefined ? {} : { campaignId: campaign }),
    ...(operator === undefined ? {} : { operatorId: operator }),
    ...(team === undefined ? {} : { teamId: team }),
    ...(source === undefined ? {} : { sourceId: source }),
    ...(flag === undefined ? {} : { flag }),
    ...(direction === undefined ? {} : { direction }),
    ...(state === undefined ? {} : { state }),
    ...(tag === undefined ? {} : { tag }),
    ...(unassigned === undefined ? {} : { quarantined: true }),
  };
}

/** The worst are among those that were reviewed. */
function verdictOf({ verdict, reviewer, sort }: CallQuery): FoundBy["verdict"] {
  const is = verdict ?? (sort === "worst" ? "reviewed" : undefined);
  if (is === undefined && reviewer === undefined) return undefined;
  return { ...(is === undefined ? {} : { is }), ...(reviewer === undefined ? {} : { reviewerId: reviewer }) };
}

function riskBounds(risk: keyof typeof RISK_FROM, below: string | undefined) {
  return { from: RISK_FROM[risk], ...(below === undefined ? {} : { below: Number(below) }) };
}

function scoreBounds(least: string | undefined, below: string | undefined) {
  return { from: Number(least ?? 0), below: Math.min(MOST_GRADE, below === undefined ? MOST_GRADE : Number(below)) };
}

/** Where a page of the newest begins; undefined for the first, and for an address of another order. */
export function positionOf({ after }: CallQuery): CallPosition | undefined {
  const [startedAt, id] = partsOf(after);
  return startedAt === undefined || !Number.isInteger(startedAt) ? undefined : { startedAt, id };
}

/** Where a page of the worst begins. */
export function worstPositionOf({ after }: CallQuery): WorstPosition | undefined {
  const [score, rest] = partsOf(after);
  if (score === undefined) return undefined;
  const [, id = "", skip] = /^(.*?)(?:~(\d{1,7}))?$/.exec(rest) ?? [];
  return { score, id, ...(skip === undefined ? {} : { skip: Number(skip) }) };
}

function partsOf(after = ""): [number | undefined, string] {
  const [, number, rest = ""] = /^(-?\d+(?:\.\d+)?)\.([\w~]*)$/.exec(after) ?? [];
  return [number === undefined ? undefined : Number(number), rest];
}

/** The same as the address has it. */
export function afterOf(position: CallPosition | WorstPosition): string {
  if (!("score" in position)) return `${position.startedAt}.${position.id}`;
  const { score, id, skip } = position;
  return `${score}.${id}${skip === undefined ? "" : `~${skip}`}`;
}
