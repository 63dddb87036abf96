import { Hono, type Context } from "hono";
import { z } from "zod";
import type { DomainError } from "../../../errors";
import {
  addTeamMember,
  countOpenTasks,
  createTeam,
  deleteTeam,
  listMembers,
  listTeamMembers,
  listTeams,
  may,
  readTeam,
  removeTeamMember,
  renameTeam,
} from "../../../identity";
import { Toast } from "../../../ui/components/toast";
import { pageAnswer } from "../../../ui/layout/page";
import { wordsOf } from "../../../ui/strings/define";
import { teamWords } from "../../../ui/strings/teams";
import { actOf, writingDeps, type DashboardEnv } from "../../deps";
import { needs, ownForm, seenOf } from "../../forms";
import { frameOf, readWhole } from "../../frame";
import { messageAnswer, refusedAnswer } from "../../message-page";
import { pageOf, positionIn } from "../paged";
import { TEAMS } from "./address";
import { DeleteTeamPage } from "./delete-page";
import { TeamListPage } from "./list-page";
import { TeamPage, type RefusedName, type TeamParts } from "./team-page";
import { UndoRemoval } from "./undo-removal";

type TeamContext = Context<DashboardEnv>;

const MOST_PEOPLE = 500;
const nameField = z.string().trim().min(1).max(200);
const count = z.coerce.number().int().min(0);

/** `/dashboard/settings/teams` */
export function teamRoutes() {
  const routes = new Hono<DashboardEnv>();

  routes.get("/settings/teams", needs("teams:read"), (c) => listAnswer(c));

  routes.post("/settings/teams", async (c) => {
    const form = await ownForm(c, "teams:write");
    if (form instanceof Response) return form;
    const name = nameField.safeParse(form.text("name"));
    if (!name.success) return listAnswer(c, refusedName(c, form.text("name")));
    const input = { organizationId: c.var.visitor.caller.organizationId, name: name.data };
    const made = await createTeam(writingDeps(c), input, actOf(c));
    return made.ok
      ? c.redirect(`${TEAMS}/${made.value.id}?done=created`, 303)
      : listAnswer(c, refusedName(c, form.text("name"), made.error));
  });

  routes.get("/settings/teams/:id", needs("teams:read"), (c) => teamAnswer(c));

  routes.post("/settings/teams/:id", async (c) => {
    const form = await ownForm(c, "teams:write");
    if (form instanceof Response) return form;
    const name = nameField.safeParse(form.text("name"));
    const seen = form.text("seen");
    if (!name.success) return teamAnswer(c, { ...refusedName(c, form.text("name")), seen });
    const found = await readTeam(c.var.plain.db, targetOf(c));
    if (!found.ok) return noTeam(c);
    const { name: stored } = found.value;
    if (seen !== (await seenOf({ name: stored }))) {
      const label = wordsOf(teamWords, c.var.view.language).name;
      const differences = [{ label, stored, entered: name.data }];
      return teamAnswer(c, { name: name.data, errors: [], differences });
    }
    const renamed = await renameTeam(writingDeps(c), targetOf(c), name.data, actOf(c));
    if (renamed.ok) return c.redirect(`${TEAMS}/${renamed.value.id}?done=renamed`, 303);
    return renamed.error.kind === "not_found"
      ? noTeam(c)
      : teamAnswer(c, { ...refusedName(c, form.text("name"), renamed.error), seen });
  });

  routes.get("/settings/teams/:id/delete", needs("teams:write"), async (c) => {
    const { view, visitor, deps } = c.var;
    const [parts, whole] = await Promise.all([readParts(c), readWhole(deps.db, visitor)]);
    if (!parts) return noTeam(c);
    const frame = frameOf(view, visitor, whole);
    const changed = c.req.query("changed") === "yes";
    return pageAnswer(
      <DeleteTeamPage view={view} frame={frame} caller={visitor.caller} parts={parts} changed={changed} />,
    );
  });

  routes.post("/settings/teams/:id/delete", async (c) => {
    const form = await ownForm(c, "teams:write");
    if (form instanceof Response) return form;
    const openTasks = count.catch(-1).parse(form.text("open_tasks"));
    const deleted = await deleteTeam(writingDeps(c), targetOf(c), openTasks, actOf(c));
    if (deleted.ok) return c.redirect(`${TEAMS}?done=deleted`, 303);
    if (deleted.error.kind === "not_found") return noTeam(c);
    return c.redirect(`${TEAMS}/${c.req.param("id")}/delete?changed=yes`, 303);
  });

  routes.post("/settings/teams/:id/members", async (c) => {
    const form = await ownForm(c, "teams:write");
    if (form instanceof Response) return form;
    const userId = form.text("member");
    const added = await addTeamMember(writingDeps(c), targetOf(c), userId, actOf(c));
    if (added.ok) return c.redirect(`${TEAMS}/${c.req.param("id")}?added=${encodeURIComponent(userId)}`, 303);
    const words = wordsOf(teamWords, c.var.view.language);
    if (added.error.kind === "conflict") return refusedAnswer(c.var.view, words.teamFull);
    return (await readTeam(c.var.plain.db, targetOf(c))).ok ? refusedAnswer(c.var.view, words.memberGone) : noTeam(c);
  });

  routes.post("/settings/teams/:id/members/:userId/remove", async (c) => {
    const form = await ownForm(c, "teams:write");
    if (form instanceof Response) return form;
    const { id, userId } = c.req.param();
    // Whoever was taken out meanwhile is out, which is what was asked for.
    await removeTeamMember(writingDeps(c), targetOf(c), userId, actOf(c));
    return c.redirect(`${TEAMS}/${id}?removed=${encodeURIComponent(userId)}`, 303);
  });

  return routes;
}

async function listAnswer(c: TeamContext, refused?: RefusedName): Promise<Response> {
  const { deps, view, visitor } = c.var;
  const { caller } = visitor;
  const [teams, whole] = await Promise.all([
    listTeams(deps.db, { organizationId: caller.organizationId, ...positionIn(c, "after") }),
    readWhole(deps.db, visitor),
  ]);
  const words = wordsOf(teamWords, view.language);
  return pageAnswer(
    <TeamListPage
      view={view}
      frame={frameOf(view, visitor, whole)}
      caller={caller}
      page={pageOf(c, "after", teams, ({ id }) => id)}
      mayWrite={may(caller, "teams:write")}
      {...(refused ? { refused } : {})}
      toast={c.req.query("done") === "deleted" ? <Toast>{words.deleted}</Toast> : undefined}
    />,
    refused ? 422 : 200,
  );
}

async function teamAnswer(c: TeamContext, refused?: RefusedName): Promise<Response> {
  const { deps, view, visitor } = c.var;
  const { caller } = visitor;
  const [parts, whole] = await Promise.all([readParts(c), readWhole(deps.db, visitor)]);
  if (!parts) return noTeam(c);
  const frame = frameOf(view, visitor, whole);
  return pageAnswer(
    <TeamPage
      view={view}
      frame={frame}
      caller={caller}
      parts={parts}
      mayWrite={may(caller, "teams:write")}
      seen={refused?.seen ?? (await seenOf({ name: parts.team.name }))}
      {...(refused ? { refused } : {})}
      toast={toastOf(c, parts, frame.csrf)}
    />,
    refused?.differences ? 409 : refused ? 422 : 200,
  );
}

async function readParts(c: TeamContext): Promise<TeamParts | undefined> {
  const { deps, visitor } = c.var;
  const { organizationId } = visitor.caller;
  const target = targetOf(c);
  const [team, members, openTasks, people] = await Promise.all([
    readTeam(deps.db, target),
    listTeamMembers(deps.db, target),
    countOpenTasks(deps.db, target.id),
    may(visitor.caller, "people:read") ? listMembers(deps.db, { organizationId, limit: MOST_PEOPLE }) : null,
  ]);
  return team.ok ? { team: team.value, members, openTasks, people } : undefined;
}

/** What the form before this page did; who was taken out may come back at once. */
function toastOf(c: TeamContext, { team, members, people }: TeamParts, csrf: string) {
  const words = wordsOf(teamWords, c.var.view.language);
  const { done, added, removed } = c.req.query();
  if (done === "created") return <Toast>{words.createdDone}</Toast>;
  if (done === "renamed") return <Toast>{words.renamed}</Toast>;
  const newcomer = members.find(({ userId }) => userId === added);
  if (newcomer) return <Toast>{words.added(newcomer.name)}</Toast>;
  const out = people?.find(({ userId }) => userId === removed);
  if (!out || members.some(({ userId }) => userId === out.userId)) return undefined;
  return <UndoRemoval view={c.var.view} csrf={csrf} teamId={team.id} member={out} />;
}

function refusedName(c: TeamContext, name: string, error?: DomainError): RefusedName {
  const words = wordsOf(teamWords, c.var.view.language);
  const message = error === undefined ? words.nameNeeded : error.kind === "conflict" ? words.full : words.nameTaken;
  return { name, errors: [{ field: "name", message }] };
}

function targetOf(c: TeamContext): { organizationId: string; id: string } {
  return { organizationId: c.var.visitor.caller.organizationId, id: c.req.param("id") ?? "" };
}

function noTeam(c: TeamContext): Promise<Response> {
  const { gone: title, goneText: text, back: link } = wordsOf(teamWords, c.var.view.language);
  return messageAnswer(c.var.view, 404, { title, text, link, href: TEAMS });
}
