import { Hono } from "hono";
import {
  deliverInvitations,
  invitationTokenOfForm,
  invite,
  renewInvitation,
  withdrawInvitation,
  type FreshInvitation,
} from "../../../identity";
import type { FieldErrors } from "../../../ui/components/form";
import { pageAnswer } from "../../../ui/layout/page";
import { invitationLetter } from "../../../ui/letters/invitation";
import { wordsOf } from "../../../ui/strings/define";
import { memberWords } from "../../../ui/strings/members";
import { refusalText } from "../../../ui/strings/refusals";
import { askToConfirm } from "../../confirmation/confirm";
import { actOf, isOwnForm, writingDeps, type DashboardEnv } from "../../deps";
import { needs, newOnce } from "../../forms";
import { frameOf, readWhole } from "../../frame";
import { messageAnswer, refusedAnswer, staleAnswer } from "../../message-page";
import { refusedFields } from "../refused-fields";
import { PEOPLE } from "./address";
import { addressesIn, MOST_ADDRESSES } from "./addresses";
import { InvitedPage, InvitePage, type InvitedLine } from "./invite-pages";
import { limitErrors, readGrant, type SentGrant } from "./limits";
import { readLimitChoices, type PeopleContext } from "./read";

const LONGEST_TEXT = 100_000;
const NEW: SentGrant = { role: "reviewer", campaigns: null, teams: null };

/** Below `/dashboard/settings/people`: invitations. */
export function invitationRoutes() {
  const routes = new Hono<DashboardEnv>();
  routes.use(needs("people:write"));

  routes.get("/invite", (c) => inviteAnswer(c, { text: "", grant: NEW, errors: [], once: newOnce() }));

  routes.post("/invite", async (c) => {
    const form = await c.req.parseBody({ all: true });
    if (!(await isOwnForm(c, form))) return staleAnswer(c.var.view);
    const text = typeof form["addresses"] === "string" ? form["addresses"].slice(0, LONGEST_TEXT) : "";
    const grant = readGrant(form);
    const once = onceIn(form);
    const { emails, wrong, others } = addressesIn(text);
    const errors = [...wrongIn(c, emails, wrong), ...limitErrors(c.var.view, grant)];
    if (errors.length > 0) return inviteAnswer(c, { text, grant, errors, once });
    const asked = await askToConfirm(c);
    if (asked) return asked;
    const { caller } = c.var.visitor;
    const deps = writingDeps(c);
    const { role, campaigns, teams } = grant;
    const wanted = { organizationId: caller.organizationId, emails, role, campaigns, teams };
    const asks = { organizationId: caller.organizationId, role, campaigns, teams };
    const tokenOf = (email: string) => invitationTokenOfForm(deps.config.masterKeys, once, { ...asks, email });
    const made = await invite(deps, wanted, caller, actOf(c), tokenOf);
    if (!made.ok) {
      const refused = refusedFields(made.error, c.var.view.language, "role");
      return inviteAnswer(c, { text, grant, errors: refused, once });
    }
    const fresh = made.value.flatMap((one) =>
      one.result === "invited" ? [{ ...one.invitation, again: one.again }] : [],
    );
    const delivered = await deliver(c, fresh);
    const lines = made.value.map((one): InvitedLine => {
      if (one.result !== "invited") return { email: one.email, invited: false, mailed: false, link: null };
      const { mailed = false, link = null } = delivered.get(one.invitation.id) ?? {};
      return { email: one.email, invited: true, mailed, link };
    });
    return invitedAnswer(c, lines, others);
  });

  routes.post("/invitations/:id/resend", async (c) => {
    const form = await c.req.parseBody();
    if (!(await isOwnForm(c, form))) return staleAnswer(c.var.view);
    const asked = await askToConfirm(c);
    if (asked) return asked;
    const deps = writingDeps(c);
    const target = targetOf(c);
    const token = await invitationTokenOfForm(deps.config.masterKeys, onceIn(form), target);
    const made = await renewInvitation(deps, target, c.var.visitor.caller, actOf(c), token);
    if (!made.ok) {
      if (made.error.kind === "not_found") return noInvitation(c);
      return refusedAnswer(c.var.view, refusalText(made.error, c.var.view.language));
    }
    const { mailed = false, link = null } = (await deliver(c, [made.value])).get(made.value.id) ?? {};
    return invitedAnswer(c, [{ email: made.value.email, invited: true, mailed, link }]);
  });

  routes.post("/invitations/:id/withdraw", async (c) => {
    if (!(await isOwnForm(c, await c.req.parseBody()))) return staleAnswer(c.var.view);
    const asked = await askToConfirm(c);
    if (asked) return asked;
    const gone = await withdrawInvitation(writingDeps(c), targetOf(c), actOf(c));
    return gone.ok ? c.redirect(`${PEOPLE}?done=withdrawn`, 303) : noInvitation(c);
  });

  return routes;
}

type InviteForm = { text: string; grant: SentGrant; errors: FieldErrors; once: string };

async function inviteAnswer(c: PeopleContext, form: InviteForm): Promise<Response> {
  const { deps, view, visitor } = c.var;
  const [choices, whole] = await Promise.all([readLimitChoices(c), readWhole(deps.db, visitor)]);
  const frame = frameOf(view, visitor, whole);
  const { caller } = visitor;
  return pageAnswer(
    <InvitePage view={view} frame={frame} caller={caller} choices={choices} {...form} />,
    form.errors.length > 0 ? 422 : 200,
  );
}

async function invitedAnswer(
  c: PeopleContext,
  lines: readonly InvitedLine[],
  leftOut: readonly string[] = [],
): Promise<Response> {
  const { deps, view, visitor } = c.var;
  const frame = frameOf(view, visitor, await readWhole(deps.db, visitor));
  return pageAnswer(<InvitedPage view={view} frame={frame} caller={visitor.caller} lines={lines} leftOut={leftOut} />);
}

function onceIn(form: Record<string, unknown>): string {
  return typeof form["once"] === "string" ? form["once"].slice(0, 100) : "";
}

function deliver(c: PeopleContext, invitations: readonly (FreshInvitation & { again: boolean })[]) {
  const { view, visitor } = c.var;
  const deps = writingDeps(c);
  const { publicUrl } = deps.config;
  const language = view.language === "pseudo" ? "en" : view.language;
  return deliverInvitations({ ...deps, publicUrl }, invitations, invitationLetter(language, visitor.organization.name));
}

function wrongIn(c: PeopleContext, emails: readonly string[], wrong: readonly string[]): FieldErrors {
  const words = wordsOf(memberWords, c.var.view.language);
  const message = (text: string) => ({ field: "addresses", message: text });
  const [first] = wrong;
  if (first !== undefined) return [message(words.wrongAddress(first))];
  if (emails.length === 0) return [message(words.noAddress)];
  return emails.length > MOST_ADDRESSES ? [message(words.tooMany(c.var.view.formats.number(MOST_ADDRESSES)))] : [];
}

function targetOf(c: PeopleContext) {
  return { organizationId: c.var.visitor.caller.organizationId, id: c.req.param("id") ?? "" };
}

function noInvitation(c: PeopleContext): Promise<Response> {
  const { goneInvitation: title, goneInvitationText: text, back: link } = wordsOf(memberWords, c.var.view.language);
  return messageAnswer(c.var.view, 404, { title, text, link, href: PEOPLE });
}
