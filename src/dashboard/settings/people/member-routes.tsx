import { Hono } from "hono";
import type { DomainError } from "../../../errors";
import { endMemberSessions, readMember, removeMember, updateMember, type Member } from "../../../identity";
import type { FieldErrors } from "../../../ui/components/form";
import { Toast } from "../../../ui/components/toast";
import { pageAnswer } from "../../../ui/layout/page";
import { wordsOf } from "../../../ui/strings/define";
import { memberWords } from "../../../ui/strings/members";
import { refusalText } from "../../../ui/strings/refusals";
import { askToConfirm } from "../../confirmation/confirm";
import { actOf, isOwnForm, writingDeps, type DashboardEnv } from "../../deps";
import { needs, seenOf } from "../../forms";
import { frameOf, readWhole } from "../../frame";
import { messageAnswer, refusedAnswer, staleAnswer } from "../../message-page";
import { refusedFields } from "../refused-fields";
import { PEOPLE } from "./address";
import { limitErrors, readGrant, type SentGrant } from "./limits";
import { differencesOf } from "./member-differences";
import { MemberPage, RemoveMemberPage } from "./member-pages";
import { readMemberChoices, type PeopleContext } from "./read";

type Sent = {
  grant: SentGrant;
  operatorId: string | null;
  errors: FieldErrors;
  /** What the form was filled with, where it is shown again; else what is stored now. */
  seen?: string;
  /** Somebody changed the member meanwhile. */
  isStale?: boolean;
};

/** Below `/dashboard/settings/people`: one member. */
export function memberRoutes() {
  const routes = new Hono<DashboardEnv>();
  routes.use("/:userId/*", needs("people:write"));

  routes.get("/:userId", (c) => memberAnswer(c));

  routes.post("/:userId", async (c) => {
    const form = await c.req.parseBody({ all: true });
    const refused = await refuseForm(c, form);
    if (refused) return refused;
    const grant = readGrant(form);
    const operatorId = typeof form["operator"] === "string" && form["operator"] !== "" ? form["operator"] : null;
    const seen = typeof form["seen"] === "string" ? form["seen"] : "";
    const errors = limitErrors(c.var.view, grant);
    if (errors.length > 0) return memberAnswer(c, { grant, operatorId, errors, seen });
    const member = await readMember(c.var.plain.db, targetOf(c));
    if (!member.ok) return noMember(c);
    if (seen !== (await seenOfMember(member.value)))
      return memberAnswer(c, { grant, operatorId, errors: [], isStale: true });
    const change = { role: grant.role, campaigns: listOf(grant.campaigns), teams: listOf(grant.teams), operatorId };
    const changed = await updateMember(writingDeps(c), targetOf(c), change, c.var.visitor.caller, actOf(c));
    if (changed.ok) return c.redirect(`${PEOPLE}/${c.req.param("userId")}?done=saved`, 303);
    if (changed.error.kind === "not_found") return noMember(c);
    const refusals = refusedFields(changed.error, c.var.view.language, "role");
    return memberAnswer(c, { grant, operatorId, errors: refusals, seen });
  });

  for (const [path, disabled] of [
    ["shut-out", true],
    ["let-in", false],
  ] as const)
    routes.post(`/:userId/${path}`, async (c) => {
      const refused = await refuseForm(c, await c.req.parseBody());
      if (refused) return refused;
      const changed = await updateMember(writingDeps(c), targetOf(c), { disabled }, c.var.visitor.caller, actOf(c));
      return changed.ok
        ? c.redirect(`${PEOPLE}/${c.req.param("userId")}?done=${path}`, 303)
        : refusal(c, changed.error);
    });

  routes.post("/:userId/sessions", async (c) => {
    const refused = await refuseForm(c, await c.req.parseBody());
    if (refused) return refused;
    const ended = await endMemberSessions(writingDeps(c), targetOf(c), c.var.visitor.caller, actOf(c));
    return ended.ok ? c.redirect(`${PEOPLE}/${c.req.param("userId")}?done=sessions`, 303) : refusal(c, ended.error);
  });

  routes.get("/:userId/remove", async (c) => {
    const { deps, view, visitor } = c.var;
    const [member, whole] = await Promise.all([readMember(deps.db, targetOf(c)), readWhole(deps.db, visitor)]);
    if (!member.ok) return noMember(c);
    const frame = frameOf(view, visitor, whole);
    return pageAnswer(<RemoveMemberPage view={view} frame={frame} caller={visitor.caller} member={member.value} />);
  });

  routes.post("/:userId/remove", async (c) => {
    const refused = await refuseForm(c, await c.req.parseBody());
    if (refused) return refused;
    const removed = await removeMember(writingDeps(c), targetOf(c), c.var.visitor.caller, actOf(c));
    return removed.ok ? c.redirect(`${PEOPLE}?done=removed`, 303) : refusal(c, removed.error);
  });

  return routes;
}

/** The answer to a form of another session, or of a person who has to prove first who they are. */
async function refuseForm(c: PeopleContext, form: Record<string, unknown>): Promise<Response | undefined> {
  return (await isOwnForm(c, form)) ? askToConfirm(c) : staleAnswer(c.var.view);
}

async function memberAnswer(c: PeopleContext, sent?: Sent): Promise<Response> {
  const { deps, view, visitor } = c.var;
  const [member, choices, whole] = await Promise.all([
    readMember(deps.db, targetOf(c)),
    readMemberChoices(c),
    readWhole(deps.db, visitor),
  ]);
  if (!member.ok) return noMember(c);
  const { grant, operatorId, errors, seen, isStale = false } = sent ?? shownOf(member.value);
  const stored = shownOf(member.value);
  const done = doneOf(c);
  return pageAnswer(
    <MemberPage
      view={view}
      frame={frameOf(view, visitor, whole)}
      caller={visitor.caller}
      member={member.value}
      choices={choices}
      grant={grant}
      operatorId={operatorId}
      errors={errors}
      seen={seen ?? (await seenOfMember(member.value))}
      differences={isStale ? differencesOf(view, choices, stored, { grant, operatorId }) : []}
      toast={done !== undefined && <Toast>{done}</Toast>}
    />,
    errors.length > 0 ? 422 : isStale ? 409 : 200,
  );
}

/** What a form of a member is filled with; its limits in any order are the same. */
function seenOfMember({ role, campaigns, teams, operatorId }: Member): Promise<string> {
  return seenOf({ role, campaigns: campaigns?.toSorted() ?? null, teams: teams?.toSorted() ?? null, operatorId });
}

function shownOf({ role, campaigns, teams, operatorId }: Member): Sent {
  return { grant: { role, campaigns, teams }, operatorId, errors: [] };
}

function doneOf(c: PeopleContext): string | undefined {
  const words = wordsOf(memberWords, c.var.view.language);
  return new Map([
    ["saved", words.saved],
    ["shut-out", words.shutOutDone],
    ["let-in", words.letInDone],
    ["sessions", words.sessionsEnded],
  ]).get(c.req.query("done") ?? "");
}

function listOf(ids: readonly string[] | null): string[] | null {
  return ids && [...ids];
}

function targetOf(c: PeopleContext) {
  return { organizationId: c.var.visitor.caller.organizationId, userId: c.req.param("userId") ?? "" };
}

function refusal(c: PeopleContext, error: DomainError): Promise<Response> {
  return error.kind === "not_found" ? noMember(c) : refusedAnswer(c.var.view, refusalText(error, c.var.view.language));
}

function noMember(c: PeopleContext): Promise<Response> {
  const { gone: title, goneText: text, back: link } = wordsOf(memberWords, c.var.view.language);
  return messageAnswer(c.var.view, 404, { title, text, link, href: PEOPLE });
}
