import { Hono } from "hono";
import { listCampaigns, type CampaignRow } from "../../campaigns";
import { may } from "../../identity";
import {
  archiveScorecard,
  changeScorecard,
  createScorecard,
  criteriaOf,
  listScorecards,
  misfitsOf,
  publishScorecard,
  readScorecard,
  scorecardDefinition,
  scoreOf,
  type Answers,
  type ScorecardDefinition,
  type ScorecardRow,
} from "../../quality";
import type { FieldErrors } from "../../ui/components/form";
import type { Difference } from "../../ui/components/stale";
import { pageAnswer } from "../../ui/layout/page";
import { wordsOf, type Words } from "../../ui/strings/define";
import { fieldErrorsIn } from "../../ui/strings/refusals";
import { scorecardWords } from "../../ui/strings/scorecards";
import { actOf, writingDeps, type DashboardEnv, type PageContext } from "../deps";
import { failureAnswer, fieldErrorsFrom, idOfForm, needs, newOnce, ownForm, seenOf } from "../forms";
import { frameOf, readWhole } from "../frame";
import { differencesOf } from "./differences";
import { definitionFrom, fieldOf, fieldsFrom, fieldsIn, type ScorecardFields } from "./form";
import { ScorecardListPage, SCORECARDS, type NewFields } from "./list-page";
import { ScorecardPage } from "./scorecard-page";
import { NOT_APPLICABLE } from "./choices";

const PAGE = 50;
const MOST_CAMPAIGNS = 200;

/** `/dashboard/scorecards` */
export function scorecardRoutes() {
  const routes = new Hono<DashboardEnv>();

  for (const path of ["/scorecards", "/scorecards/*"]) routes.use(path, needs("scorecards:read"));

  routes.get("/scorecards", (c) => listAnswer(c, { name: "", json: "", once: newOnce() }, []));

  routes.post("/scorecards", async (c) => {
    const form = await ownForm(c, "scorecards:write");
    if (form instanceof Response) return form;
    const words = wordsOf(scorecardWords, c.var.view.language);
    const filled = { name: form.text("name").trim(), json: form.text("json").trim(), once: form.text("once") };
    const definition = definitionIn(filled.json, words);
    const errors = [
      ...(filled.name === "" || filled.name.length > 200 ? [{ field: "name", message: words.nameMissing }] : []),
      ...(definition ? [] : [{ field: "json", message: words.importWrong }]),
    ];
    if (errors.length > 0 || !definition) return listAnswer(c, filled, errors);
    const { organizationId } = c.var.visitor.caller;
    const id = await idOfForm("scd", organizationId, filled.once);
    const input = { organizationId, id, name: filled.name, campaigns: null, definition };
    const made = await createScorecard(writingDeps(c), input, actOf(c));
    if (!made.ok) return listAnswer(c, filled, fieldErrorsFrom(c.var.view, made.error, "name"));
    return c.redirect(`${SCORECARDS}/${id}?done=created`, 303);
  });

  routes.post("/scorecards/file", async (c) => {
    const form = await ownForm(c, "scorecards:write");
    if (form instanceof Response) return form;
    const { organizationId } = c.var.visitor.caller;
    const words = wordsOf(scorecardWords, c.var.view.language);
    const refused = (message: string) =>
      listAnswer(c, { name: "", json: "", once: newOnce() }, [{ field: "file", message }]);
    const sent = await fileIn(c);
    if (sent.text === undefined) return refused(words.fileLarge);
    const definition = sent.text.trim() === "" ? undefined : definitionIn(sent.text, words);
    if (!definition) return refused(words.importWrong);
    const id = await idOfForm("scd", organizationId, form.text("once"));
    const name = nameIn(sent.text) ?? (sent.name.slice(0, 200) || words.create);
    const made = await createScorecard(
      writingDeps(c),
      { organizationId, id, name, campaigns: null, definition },
      actOf(c),
    );
    if (!made.ok)
      return listAnswer(c, { name: "", json: "", once: newOnce() }, fieldErrorsFrom(c.var.view, made.error, "file"));
    return c.redirect(`${SCORECARDS}/${id}?done=created`, 303);
  });

  routes.get("/scorecards/:id", (c) => oneAnswer(c));

  // What the page of a new scorecard takes, and the API.
  routes.get("/scorecards/:id/json", async (c) => {
    const found = await readScorecard(c.var.deps.db, targetOf(c));
    if (!found.ok) return failureAnswer(c, found.error);
    const { id, version, name, campaigns, definition } = found.value;
    return new Response(`${JSON.stringify({ name, campaign_ids: campaigns, definition }, null, 2)}\n`, {
      headers: {
        "content-type": "application/json; charset=utf-8",
        "content-disposition": `attachment; filename="${id}-version-${version}.json"`,
        "cache-control": "no-store",
      },
    });
  });

  routes.post("/scorecards/:id", async (c) => {
    const form = await ownForm(c, "scorecards:write");
    if (form instanceof Response) return form;
    const found = await readScorecard(c.var.plain.db, targetOf(c));
    if (!found.ok) return failureAnswer(c, found.error);
    const { view } = c.var;
    const fields = fieldsIn(form);
    const parsed = definitionFrom(fields, found.value.definition);
    const errors = [
      ...nameErrors(c, fields.name),
      ...fieldErrorsIn(
        (parsed.error?.issues ?? []).map(({ path, message }) => ({ field: fieldOf(path), message })),
        view.language,
      ).map((error) => ({ ...error, ...labelOf(c, error.field) })),
    ];
    if (form.text("seen") !== (await seenOf(seenIn(found.value)))) {
      const names = new Map((await campaignsFor(c)).map(({ id, name }) => [id, name]));
      return oneAnswer(c, { fields, errors, differences: differencesOf(view, found.value, fields, names) }, 409);
    }
    if (errors.length > 0 || !parsed.data) return oneAnswer(c, { fields, errors, differences: [] }, 422);
    if (form.text("do") === "preview")
      return oneAnswer(c, { fields, errors, differences: [], preview: parsed.data }, 200);
    const campaigns = fields.campaigns.length === 0 ? null : fields.campaigns;
    const changes = { name: fields.name, campaigns, definition: parsed.data };
    const publishes = form.text("do") === "publish";
    const changed = publishes
      ? await publishScorecard(writingDeps(c), targetOf(c), actOf(c), changes)
      : await changeScorecard(writingDeps(c), targetOf(c), changes, actOf(c));
    const done = publishes ? "published" : "saved";
    if (changed.ok) return c.redirect(`${SCORECARDS}/${changed.value.id}?done=${done}`, 303);
    return oneAnswer(c, { fields, errors: fieldErrorsFrom(view, changed.error, "name"), differences: [] }, 422);
  });

  routes.post("/scorecards/:id/archive", async (c) => {
    const form = await ownForm(c, "scorecards:write");
    if (form instanceof Response) return form;
    const archived = await archiveScorecard(writingDeps(c), targetOf(c), actOf(c));
    if (!archived.ok) return failureAnswer(c, archived.error);
    return c.redirect(`${SCORECARDS}/${archived.value.id}?done=archived`, 303);
  });

  return routes;
}

async function listAnswer(c: PageContext, filled: NewFields, errors: FieldErrors): Promise<Response> {
  const { deps, view, visitor } = c.var;
  const { caller } = visitor;
  const { organizationId, reach } = caller;
  const id = c.req.query("after");
  const [found, campaigns, whole] = await Promise.all([
    listScorecards(deps.db, { organizationId, reach, limit: PAGE + 1, ...(id ? { after: { id } } : {}) }),
    campaignsFor(c),
    readWhole(deps.db, visitor),
  ]);
  const rows = found.slice(0, PAGE);
  const last = found.length > PAGE ? rows.at(-1) : undefined;
  return pageAnswer(
    <ScorecardListPage
      view={view}
      frame={frameOf(view, visitor, whole)}
      rows={rows}
      campaigns={campaigns}
      mayWrite={may(caller, "scorecards:write")}
      filled={filled}
      errors={errors}
      firstHref={id ? SCORECARDS : undefined}
      nextHref={last && `${SCORECARDS}?after=${last.id}`}
    />,
    errors.length > 0 ? 422 : 200,
  );
}

type Filled = {
  fields: ScorecardFields;
  errors: FieldErrors;
  differences: readonly Difference[];
  preview?: ScorecardDefinition;
};

async function oneAnswer(c: PageContext, filled?: Filled, status: 200 | 409 | 422 = 200): Promise<Response> {
  const { deps, view, visitor } = c.var;
  const [found, campaigns, whole] = await Promise.all([
    readScorecard(deps.db, targetOf(c)),
    campaignsFor(c),
    readWhole(deps.db, visitor),
  ]);
  if (!found.ok) return failureAnswer(c, found.error);
  const { name, campaigns: linked, definition } = found.value;
  const answers = answersIn(c, definition);
  const shown = filled ?? { fields: fieldsFrom(name, linked, definition), errors: [], differences: [] };
  return pageAnswer(
    <ScorecardPage
      view={view}
      frame={frameOf(view, visitor, whole)}
      scorecard={found.value}
      campaigns={campaigns}
      mayWrite={may(visitor.caller, "scorecards:write")}
      {...shown}
      seen={await seenOf(seenIn(found.value))}
      answers={answers}
      score={c.req.query("try") === "yes" ? scoreOf(definition, answers) : null}
      done={c.req.query("done") ?? ""}
    />,
    status,
  );
}

async function campaignsFor(c: PageContext): Promise<CampaignRow[]> {
  const { deps, visitor } = c.var;
  const { organizationId, reach } = visitor.caller;
  if (!may(visitor.caller, "campaigns:read")) return [];
  return listCampaigns(deps.db, { organizationId, reach, archived: false, limit: MOST_CAMPAIGNS });
}

/** The scorecard in a JSON text, which may be all that the API answers of one; without a text, one question. */
function definitionIn(json: string, words: Words<typeof scorecardWords>): ScorecardDefinition | undefined {
  if (json === "") {
    const criteria = [{ id: "criterion_1", text: words.criterion("1"), kind: "yes_no" }];
    return scorecardDefinition.parse({ sections: [{ id: "section_1", title: words.section("1"), criteria }] });
  }
  try {
    const read: unknown = JSON.parse(json);
    const inner = typeof read === "object" && read !== null && "definition" in read ? read.definition : read;
    return scorecardDefinition.safeParse(inner).data;
  } catch {
    return undefined;
  }
}

/** A file of more than this, in bytes, is no scorecard: the API takes as much. */
const MOST_FILE_BYTES = 200_000;

/** The text of the file that a form sent, and its name without its ending; no text where it is too large. */
async function fileIn(c: PageContext): Promise<{ text: string | undefined; name: string }> {
  const { file = "" } = await c.req.parseBody();
  if (typeof file === "string") return { text: file.length > MOST_FILE_BYTES ? undefined : file, name: "" };
  if (!(file instanceof File)) return { text: "", name: "" };
  const name = file.name.replace(/\.json$/i, "").trim();
  return { text: file.size > MOST_FILE_BYTES ? undefined : await file.text(), name };
}

/** The name that a scorecard brings, as the API answers one. */
function nameIn(json: string): string | undefined {
  const read: unknown = JSON.parse(json);
  const name = typeof read === "object" && read !== null && "name" in read ? read.name : undefined;
  const text = typeof name === "string" ? name.trim() : "";
  return text === "" || text.length > 200 ? undefined : text;
}

/** The answers in the address of the page; those that fit no criterion are left out. */
function answersIn(c: PageContext, definition: ScorecardDefinition): Answers {
  const given = criteriaOf(definition).flatMap(({ id, kind }) => {
    const text = c.req.query(`a.${id}`) ?? "";
    if (text === "") return [];
    const na = text === NOT_APPLICABLE;
    const value = na ? null : kind === "scale" ? Number(text) : text;
    return [[id, { value, na, comment: "", at_seconds: null }] as const];
  });
  return Object.fromEntries(given.filter(([id, answer]) => misfitsOf(definition, { [id]: answer }).length === 0));
}

function seenIn({ version, state, name, campaigns, definition }: ScorecardRow) {
  return { version, state, name, campaigns, definition };
}

function nameErrors(c: PageContext, name: string): FieldErrors {
  const words = wordsOf(scorecardWords, c.var.view.language);
  return name === "" || name.length > 200 ? [{ field: "name", message: words.nameMissing }] : [];
}

/** Which section and criterion a field is of, and what it is called there: each has fields of the same names. */
function labelOf(c: PageContext, field: string): { label?: string } {
  const [, at, place, name] = /^s(\d+)\.(?:c(\d+)\.)?(\w+)$/.exec(field) ?? [];
  if (at === undefined) return {};
  const { language, formats } = c.var.view;
  const words = wordsOf(scorecardWords, language);
  const { question: text, weight, max, options, failsBelow, sectionTitle: title } = words;
  const called = { text, weight, max, options, failsBelow, title }[name ?? ""];
  const parts = [
    words.section(formats.number(Number(at) + 1)),
    place === undefined ? undefined : words.criterion(formats.number(Number(place) + 1)),
    called,
  ];
  return { label: parts.filter((part) => part !== undefined).join(" · ") };
}

function targetOf(c: PageContext) {
  const { organizationId, reach } = c.var.visitor.caller;
  return { organizationId, reach, id: c.req.param("id") ?? "" };
}
