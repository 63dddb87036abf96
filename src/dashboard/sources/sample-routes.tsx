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
/** A form that lies open for longer sends now, not when it was shown. */
const FRESH = 10 * MINUTE;

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
    if (form.text("act") !== "send") {
      const sample = text.slice(0, LONGEST_TRIED);
      const settings = source.value.settings as CommonSettings;
      const tried = await tryNotice(platform, { ...source.value, settings }, readable(sample));
      return connectionPage(c, target.id, { ...NOTHING_SHOWN, sample, tried });
    }
    const inboundId = await inboundIdOf(organizationId, form.text("once"), c.var.plain.now());
    const sent = await sendSample(writingDeps(c), target, { sample: text.trim(), inboundId }, actOf(c));
    if (!sent.ok) {
      const wrong = fieldErrorsFrom(c.var.view, sent.error, "sample");
      return connectionPage(c, target.id, { ...NOTHING_SHOWN, sample: text, wrong }, { status: 422 });
    }
    const campaign = /^[\w-]{1,100}$/.exec(form.text("back"))?.[0];
    return c.redirect(
      campaign === undefined
        ? `/dashboard/sources/${target.id}?done=sampled#came`
        : `/dashboard/campaigns/${campaign}/sources?source=${target.id}&done=sampled#came`,
      303,
    );
  });

  return routes;
}

/**
 * The place in the log of what a form sends: the same form has one. Ids of the log begin with their time, so `once` does:
 * it is when the form was shown (milliseconds), and a word of its own.
 */
async function inboundIdOf(organizationId: string, once: string, now: number): Promise<string> {
  const shown = Number(/^\d{13}(?=\.)/.exec(once)?.[0] ?? 0);
  const at = shown <= now && shown > now - FRESH ? shown : now - (now % MINUTE);
  return `${firstInboundIdAt(at)}${(await digestOf(["sample", organizationId, once])).slice(0, 16)}`;
}

/** JSON as what it is; anything else as the whole body. */
function readable(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text.trim();
  }
}
