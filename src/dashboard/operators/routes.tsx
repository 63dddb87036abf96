import { Hono, type Context } from "hono";
import { may } from "../../identity";
import {
  listOperators,
  mergeOperator,
  readOperator,
  referencesOf,
  renameOperator,
  unmergeOperator,
} from "../../operators";
import type { FieldErrors } from "../../ui/components/form";
import type { Difference } from "../../ui/components/stale";
import { pageAnswer } from "../../ui/layout/page";
import { wordsOf } from "../../ui/strings/define";
import { operatorWords } from "../../ui/strings/operators";
import { AskPage } from "../ask-page";
import { actOf, writingDeps, type DashboardEnv } from "../deps";
import { failureAnswer, needs, ownForm, seenOf } from "../forms";
import { frameOf, readWhole } from "../frame";
import { OperatorListPage, OperatorPage, type OperatorShow } from "./pages";

type PageContext = Context<DashboardEnv>;
const PAGE = 50;
const MOST_FOUND = 20;
const LONGEST_NAME = 200;

/** `/dashboard/operators` */
export function operatorRoutes() {
  const routes = new Hono<DashboardEnv>();

  for (const path of ["/operators", "/operators/*"]) routes.use(path, needs("operators:read"));

  routes.get("/operators", async (c) => {
    const { deps, view, visitor } = c.var;
    const { organizationId, reach } = visitor.caller;
    const { show: shown = "", after } = c.req.query();
    const search = searchIn(c);
    const show: OperatorShow = shown === "review" || shown === "merged" ? shown : "all";
    const filter = {
      merged: show === "merged",
      ...(show === "review" ? { needsReview: true } : {}),
      ...(search === "" ? {} : { search }),
    };
    const position = after === undefined ? {} : { after: { foldedName: after.slice(0, 500) } };
    const [found, whole] = await Promise.all([
      listOperators(deps.db, { organizationId, reach, filter, limit: PAGE + 1, ...position }),
      readWhole(deps.db, visitor),
    ]);
    const rows = found.slice(0, PAGE);
    const last = found.length > PAGE ? rows.at(-1) : undefined;
    const next = last && new URLSearchParams({ show, q: search, after: last.foldedName }).toString();
    return pageAnswer(
      <OperatorListPage
        view={view}
        frame={frameOf(view, visitor, whole)}
        rows={rows}
        show={show}
        search={search}
        isFirst={after === undefined}
        nextHref={next && `/dashboard/operators?${next}`}
      />,
    );
  });

  routes.get("/operators/:id", (c) => operatorPage(c));

  routes.post("/operators/:id/name", async (c) => {
    const form = await ownForm(c, "operators:write");
    if (form instanceof Response) return form;
    const name = form.text("name").trim().slice(0, LONGEST_NAME);
    const words = wordsOf(operatorWords, c.var.view.language);
    const seen = form.text("seen");
    if (name === "") return operatorPage(c, { name, seen, errors: [{ field: "name", message: words.nameMissing }] });
    const found = await readOperator(c.var.plain.db, { ...targetOf(c), reach: c.var.visitor.caller.reach });
    if (!found.ok) return failureAnswer(c, found.error);
    const { name: stored } = found.value;
    if (seen !== (await seenOf({ name: stored })))
      return operatorPage(c, { name, differences: [{ label: words.name, stored, entered: name }] });
    const renamed = await renameOperator(writingDeps(c), targetOf(c), name, actOf(c));
    return renamed.ok ? c.redirect(`${baseOf(c)}?done=renamed`, 303) : failureAnswer(c, renamed.error);
  });

  routes.get("/operators/:id/merge", needs("operators:write"), async (c) => {
    const { deps, view, visitor } = c.var;
    const { reach } = visitor.caller;
    const words = wordsOf(operatorWords, view.language);
    const intoId = (c.req.query("into") ?? "").slice(0, 200);
    const [operator, into, whole] = await Promise.all([
      readOperator(deps.db, { ...targetOf(c), reach }),
      readOperator(deps.db, { ...targetOf(c), reach, id: intoId }),
      readWhole(deps.db, visitor),
    ]);
    if (!operator.ok) return failureAnswer(c, operator.error);
    if (!into.ok) return failureAnswer(c, into.error);
    const back = { href: baseOf(c), title: words.cancel };
    const asks = { view, frame: frameOf(view, visitor, whole), current: "operators", back } as const;
    return pageAnswer(
      <AskPage
        {...asks}
        title={words.mergeTitle}
        go={words.merge}
        fields={{ into: intoId }}
        action={`${baseOf(c)}/merge`}
      >
        <p dir="auto">{words.mergeAsk(operator.value.name, into.value.name)}</p>
      </AskPage>,
    );
  });

  routes.post("/operators/:id/merge", async (c) => {
    const form = await ownForm(c, "operators:write");
    if (form instanceof Response) return form;
    const merged = await mergeOperator(writingDeps(c), targetOf(c), form.text("into").slice(0, 200), actOf(c));
    return merged.ok ? c.redirect(`${baseOf(c)}?done=merged`, 303) : failureAnswer(c, merged.error);
  });

  routes.post("/operators/:id/unmerge", async (c) => {
    const form = await ownForm(c, "operators:write");
    if (form instanceof Response) return form;
    const undone = await unmergeOperator(writingDeps(c), targetOf(c), actOf(c));
    return undone.ok ? c.redirect(`${baseOf(c)}?done=unmerged`, 303) : failureAnswer(c, undone.error);
  });

  return routes;
}

/** A name as it was sent. `seen`: what its form was filled from, where that is to be judged again. */
type Sent = { name: string; seen?: string; errors?: FieldErrors; differences?: readonly Difference[] };

async function operatorPage(c: PageContext, sent?: Sent): Promise<Response> {
  const { deps, view, visitor } = c.var;
  const { caller } = visitor;
  const { organizationId, reach } = caller;
  const target = targetOf(c);
  const search = searchIn(c);
  const finds = search !== "" && may(caller, "operators:write");
  const [operator, references, found, whole] = await Promise.all([
    readOperator(deps.db, { ...target, reach }),
    referencesOf(deps.db, organizationId, [target.id]),
    finds
      ? listOperators(deps.db, { organizationId, reach, filter: { merged: false, search }, limit: MOST_FOUND })
      : [],
    readWhole(deps.db, visitor),
  ]);
  if (!operator.ok) return failureAnswer(c, operator.error);
  const { mergedInto } = operator.value;
  const { name, seen, errors = [], differences = [] } = sent ?? { name: operator.value.name };
  const into = mergedInto === null ? null : await readOperator(deps.db, { ...target, reach, id: mergedInto });
  return pageAnswer(
    <OperatorPage
      view={view}
      frame={frameOf(view, visitor, whole)}
      caller={caller}
      operator={operator.value}
      into={into?.ok ? into.value : null}
      references={references.get(target.id) ?? []}
      found={found.filter(({ id }) => id !== target.id)}
      search={search}
      done={c.req.query("done") ?? ""}
      name={name}
      seen={seen ?? (await seenOf({ name: operator.value.name }))}
      errors={errors}
      differences={differences}
    />,
    differences.length > 0 ? 409 : errors.length > 0 ? 422 : 200,
  );
}

function searchIn(c: PageContext): string {
  return (c.req.query("q") ?? "").trim().slice(0, 200);
}

function targetOf(c: PageContext): { organizationId: string; id: string } {
  return { organizationId: c.var.visitor.caller.organizationId, id: c.req.param("id") ?? "" };
}

function baseOf(c: PageContext): string {
  return `/dashboard/operators/${c.req.param("id") ?? ""}`;
}
