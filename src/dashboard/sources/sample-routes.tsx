import { Hono } from "hono";
import { digestOf } from "../../lib/id";
import { MINUTE } from "../../lib/time";
import { platformOf, tryNotice, type CommonSettings } from "../../platforms";
import { sendSample } from "../../samples";
import { firstInboundIdAt, readSource } from "../../sources";
import { actOf, writingDeps, type DashboardEnv } from "../deps";
import { failureAnswer, fieldErrorsFrom, ownForm } from "../forms";
import { connectionPage } from "./connection-page";
import { NOTHING_SHOWN } from "./source-page";

/** Of what is tried; what is sent has a limit of its own. */
const LONGEST_TRIED = 100_000;

/** `/dashboard/sources/:id/sample`: a notice that a person tries, or sends as their platform would. */
export function sourceSampleRoutes() {
  const routes = new Hono<DashboardEnv>();

  routes.post("/sources/:id/sample", async (c) => {
    const form = await ownForm(c, "sources:write");
    if (form instanceof Response) return form;
    const { organizationId, reach } = c.var.visitor.caller;
    const target = { organizationId, reach, id: c.req.param("id") };
    const source = await readSource(c.var.plain.db, target);
    const platform = source.ok ? platformOf(source.value.kind) : undefined;
    if (!source.ok || !platform) return failureAnswer(c, { kind: "not_found", what: "source" });
    const text = form.text("sample");
    const [back, campaign] = [idIn(form.text("back")), idIn(form.text("campaign"))];
    if (form.text("act") !== "send") {
      const sample = text.slice(0, LONGEST_TRIED);
      const settings = source.value.settings as CommonSettings;
      const tried = await tryNotice(platform, { ...source.value, settings }, readable(sample));
      return connectionPage(c, target.id, { ...NOTHING_SHOWN, sample, tried }, { back, campaign });
    }
    const sample = text.trim();
    const inboundId = await inboundIdOf([organizationId, form.text("once"), sample], c.var.plain.now());
    const sent = await sendSample(writingDeps(c), target, { sample, inboundId }, actOf(c));
    if (!sent.ok) {
      const wrong = fieldErrorsFrom(c.var.view, sent.error, "sample");
      return connectionPage(c, target.id, { ...NOTHING_SHOWN, sample: text, wrong }, { back, campaign, status: 422 });
    }
    return c.redirect(
      back === undefined
        ? `/dashboard/sources/${target.id}?done=sampled#came`
        : `/dashboard/campaigns/${back}/sources?source=${target.id}&done=sampled#came`,
      303,
    );
  });

  return routes;
}

/** An id as a field of the form has it; undefined where it has none. */
function idIn(text: string): string | undefined {
  return /^[\w-]{1,100}$/.exec(text)?.[0];
}

/**
 * The place in the log of what a form sends: the same form with the same text has one in each minute, and later the same
 * call. Ids of the log begin with their time, which is that of sending: among what has come since the form was shown, the
 * sample is with the last.
 */
async function inboundIdOf(sent: readonly string[], now: number): Promise<string> {
  return `${firstInboundIdAt(now - (now % MINUTE))}${(await digestOf(["sample", ...sent])).slice(0, 16)}`;
}

/** JSON as what it is; anything else as the whole body. */
function readable(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text.trim();
  }
}
