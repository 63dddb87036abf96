import { Hono } from "hono";
import { listAnalyses, readOriginalTranscript } from "../../analysis";
import { readCall } from "../../calls";
import { actorText, may, recordAct } from "../../identity";
import { askEngine } from "../../pipeline";
import {
  isOriginalDeleted,
  listRecordings,
  ORIGINAL_LINK_LIFETIME,
  REDACTION_ENGINE,
  signOriginalLink,
} from "../../recordings";
import { ButtonLink } from "../../ui/components/button";
import { Panel } from "../../ui/components/panel";
import { Player } from "../../ui/components/player";
import { FramedPage } from "../../ui/layout/framed";
import { pageAnswer } from "../../ui/layout/page";
import { PageHead } from "../../ui/layout/page-head";
import { callPageWords } from "../../ui/strings/call";
import { wordsOf } from "../../ui/strings/define";
import { redactionWords } from "../../ui/strings/redaction";
import { actOf, writingDeps, type DashboardEnv } from "../deps";
import { failureAnswer, ownForm } from "../forms";
import { frameOf, readWhole } from "../frame";
import { TranscriptPanel } from "./transcript-panel";

const MOST_PARTS = 50;

/**
 * `/dashboard/calls/:id/original`: a call with everything that was said, once the audit log says who opened it; and
 * `/redact`, which has a call redacted that is held back.
 */
export function originalRoutes() {
  const routes = new Hono<DashboardEnv>();

  routes.post("/calls/:id/redact", async (c) => {
    const form = await ownForm(c, "analyses:write");
    if (form instanceof Response) return form;
    const { organizationId, reach } = c.var.visitor.caller;
    const callId = c.req.param("id");
    const target = { organizationId, reach, callId };
    const asked = await askEngine(writingDeps(c), target, { engine: REDACTION_ENGINE }, actOf(c));
    return asked.ok ? c.redirect(`/dashboard/calls/${callId}`, 303) : failureAnswer(c, asked.error);
  });

  routes.post("/calls/:id/original", async (c) => {
    const form = await ownForm(c, "originals:read");
    if (form instanceof Response) return form;
    const { plain, view, visitor } = c.var;
    const { caller } = visitor;
    const { organizationId, reach } = caller;
    const callId = c.req.param("id");
    const ofCall = { organizationId, reach, filter: { callId }, limit: MOST_PARTS };
    const [call, recordings, analyses, whole] = await Promise.all([
      readCall(plain.db, { organizationId, reach, id: callId }),
      listRecordings(plain.db, ofCall),
      listAnalyses(plain.db, ofCall),
      readWhole(plain.db, visitor),
    ]);
    if (!call.ok) return failureAnswer(c, call.error);
    const stored = recordings.rows.map(({ recording }) => recording).filter(({ key }) => key !== null);
    const kept = stored.filter((one) => !isOriginalDeleted(one));
    const rows = analyses.rows.map(({ analysis }) => analysis);
    const mayRead = may(caller, "analyses:read");
    const transcript = mayRead ? await readOriginalTranscript(plain.bucket, call.value, rows, {}) : null;
    const heard = may(caller, "recordings:play") ? kept : [];
    const act = actOf(c);
    if (transcript)
      await recordAct(
        plain.db,
        { organizationId, action: "call.original_read", resourceType: "call", resourceIds: [callId] },
        act,
      );
    if (heard.length > 0)
      await recordAct(
        plain.db,
        {
          organizationId,
          action: "recording.original_link_issued",
          resourceType: "recording",
          resourceIds: heard.map(({ id }) => id),
        },
        act,
      );
    const { masterKeys } = plain.config;
    const link = {
      organizationId,
      actor: actorText(caller.actor),
      expiresAt: plain.now() + ORIGINAL_LINK_LIFETIME,
      // On this deployment's own host: the policy of pages allows no other.
      publicUrl: "",
      masterKeys,
    };
    const sources = await Promise.all(heard.map(({ id }) => signOriginalLink({ ...link, recordingId: id })));
    const words = wordsOf(redactionWords, view.language);
    const seconds = call.value.talkSeconds ?? call.value.durationSeconds ?? 0;
    return pageAnswer(
      <FramedPage view={view} frame={frameOf(view, visitor, whole)} title={words.originalTitle} current="calls">
        <PageHead
          title={words.originalTitle}
          state={words.originalText}
          actions={<ButtonLink href={`/dashboard/calls/${callId}`}>{words.back}</ButtonLink>}
        />
        {stored.length > kept.length && <Panel>{words.originalDeleted}</Panel>}
        {sources.map((source) => (
          <Panel title={wordsOf(callPageWords, view.language).recording}>
            <Player view={view} source={source} seconds={seconds} lanes={[]} startAt={0} />
          </Panel>
        ))}
        <TranscriptPanel view={view} transcript={transcript} analyses={[]} />
      </FramedPage>,
    );
  });

  return routes;
}
