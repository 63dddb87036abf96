import type { Child } from "hono/jsx";
import { nameOfEndpoint } from "../../delivery";
import { may, type Caller } from "../../identity";
import { Button, ButtonLink } from "../../ui/components/button";
import { Status } from "../../ui/components/status";
import { Tabs } from "../../ui/components/tabs";
import { Toast } from "../../ui/components/toast";
import { Trouble } from "../../ui/components/trouble";
import { FramedPage, type Frame } from "../../ui/layout/framed";
import { PageHead } from "../../ui/layout/page-head";
import { blockedWords } from "../../ui/strings/blocked";
import { wordsOf, type Words } from "../../ui/strings/define";
import { webhookPageWords } from "../../ui/strings/webhook";
import type { View } from "../../ui/view";
import { FORMATS } from "./formats";
import type { WebhookParts } from "./read";
import { standingOf, troubleOnPage } from "./standing";

export type WebhookWords = Words<typeof webhookPageWords>;
export type WebhookTab = "" | "blocked" | "settings" | "secret" | "receiver" | "check" | "health";

export type WebhookPageProps = {
  view: View;
  frame: Frame;
  caller: Caller;
  parts: WebhookParts;
  /** What was done before this page, and its name. */
  toast?: { tone: "good" | "attention"; text: string; done: string } | null;
};

/** Around every page of one webhook: how it stands, what is wrong in one sentence, what can be done, and its tabs. */
export function WebhookPage(props: WebhookPageProps & { tab: WebhookTab; children?: Child }) {
  const { view, frame, caller, parts, tab, toast, children } = props;
  const words = wordsOf(webhookPageWords, view.language);
  const { endpoint, health } = parts;
  const base = `/dashboard/webhooks/${endpoint.id}`;
  const { tone, word } = standingOf(view, endpoint, health);
  return (
    <FramedPage
      view={view}
      frame={frame}
      title={nameOfEndpoint(endpoint)}
      current="webhooks"
      toast={toast && <Toast tone={toast.tone}>{toast.text}</Toast>}
    >
      <PageHead
        title={<bdi>{nameOfEndpoint(endpoint)}</bdi>}
        state={
          <>
            <Status tone={tone}>{word}</Status> · {FORMATS[endpoint.profile]} ·{" "}
            <span class="address" dir="auto">
              {endpoint.url}
            </span>
          </>
        }
        actions={<Actions {...props} words={words} />}
      />
      <WrongPanel {...props} words={words} />
      <Tabs
        label={words.tabs}
        current={tab === "" ? base : `${base}/${tab}`}
        tabs={[
          ...(may(caller, "deliveries:list")
            ? [
                { href: base, title: words.deliveries },
                { href: `${base}/blocked`, title: wordsOf(blockedWords, view.language).blocked },
              ]
            : []),
          ...(may(caller, "endpoints:write") ? [{ href: `${base}/settings`, title: words.settings }] : []),
          { href: `${base}/secret`, title: words.secret },
          { href: `${base}/receiver`, title: words.receiver },
          { href: `${base}/check`, title: words.check },
          { href: `${base}/health`, title: words.health },
        ]}
      />
      {children}
    </FramedPage>
  );
}

type Inner = WebhookPageProps & { words: WebhookWords };

/** Whether all that waits may be tried now. *Replay* stands with the deliveries then: a head has three actions at most. */
export function mayRetryAll({ caller, parts: { endpoint, health } }: Pick<Inner, "caller" | "parts">): boolean {
  return endpoint.active && !endpoint.paused && (health?.backlog ?? 0) > 0 && may(caller, "deliveries:write");
}

function Actions({ view, frame, caller, parts, toast, words }: Inner) {
  const { endpoint, health } = parts;
  const base = `/dashboard/webhooks/${endpoint.id}`;
  if (!may(caller, "endpoints:write")) return null;
  const post = (action: string, title: string, kind?: "main") => (
    <form method="post" action={`${base}/${action}`}>
      <input type="hidden" name="csrf" value={frame.csrf} />
      <Button {...(kind ? { kind } : {})}>{title}</Button>
    </form>
  );
  const waiting = health?.backlog ?? 0;
  const canRetry = mayRetryAll({ caller, parts });
  // Its test was taken just now: what waits is next.
  const isAnswering = canRetry && toast?.done === "tested";
  const mayReplay = endpoint.active && may(caller, "deliveries:write");
  const retry =
    canRetry && post("retry", words.retryAll(view.formats.number(waiting)), isAnswering ? "main" : undefined);
  return (
    <>
      {endpoint.active && (endpoint.paused ? post("resume", words.resume) : post("pause", words.pause))}
      {/* Three at most, the main one last: what waits is sent before what was sent is sent again. */}
      {canRetry ? !isAnswering && retry : mayReplay && <ButtonLink href={`${base}/replay`}>{words.replay}</ButtonLink>}
      {endpoint.active
        ? post("test", words.sendTest, isAnswering ? undefined : "main")
        : post("enable", words.enable, "main")}
      {isAnswering && retry}
    </>
  );
}

function WrongPanel({ view, parts: { endpoint, trouble }, words }: Inner) {
  if (!trouble) return null;
  const { sentence, tone } = troubleOnPage(view, endpoint.id, trouble);
  const isRefusal = trouble.code === "wrong_secret" || trouble.code === "secret_changed";
  return (
    <Trouble sentence={sentence} tone={tone}>
      {isRefusal && (
        <ButtonLink small href={`/dashboard/webhooks/${endpoint.id}/check`}>
          {words.check}
        </ButtonLink>
      )}
    </Trouble>
  );
}
