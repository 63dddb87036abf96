import type { Child } from "hono/jsx";
import { Icon } from "../components/icon";
import { Status, type Tone } from "../components/status";
import { wordsOf } from "../strings/define";
import { frame } from "../strings/frame";
import { notificationWords } from "../strings/notifications";
import type { View } from "../view";
import { Brand } from "./brand";
import { Document } from "./document";
import { Foot } from "./foot";
import { KeyList } from "./key-list";
import { Navigation, PAGES, type NavigationEntry, type PageName } from "./navigation";

/** Who looks at a page and what surrounds it for them. */
export type Frame = {
  person: { name: string; email: string };
  organization: string;
  /** The other organizations of this person. */
  others: readonly { id: string; name: string }[];
  entries: readonly NavigationEntry[];
  /** The whole in one line, with what is wrong behind it. */
  state: { tone: Tone; text: string; href: string } | null;
  /** Notifications that this person has not read, up to 100. */
  unread: number;
  /** Of the forms in the frame itself. */
  csrf: string;
};

/** The bell counts up to here. */
const MOST_UNREAD = 100;

type Props = {
  view: View;
  frame: Frame;
  title: string;
  current: PageName | null;
  /** What is in the search field. */
  search?: string;
  toast?: Child;
  children?: Child;
};

/** A page within navigation, search and person. */
export function FramedPage(props: Props) {
  const { view, frame: around, title, current, search = "", toast, children } = props;
  const words = wordsOf(frame, view.language);
  return (
    <Document view={view} title={title}>
      <a class="skip" href="#content">
        {words.skip}
      </a>
      <div class="frame">
        <aside class="side" id="side">
          <div class="side-head">
            <Brand href={PAGES.home.href} />
            <a class="icon-button drawer-close" href="#content" aria-label={words.closeNavigation}>
              <Icon name="close" />
            </a>
          </div>
          <Navigation view={view} entries={around.entries} current={current} />
          {around.state && (
            <a class="whole" href={around.state.href}>
              <Status tone={around.state.tone}>{around.state.text}</Status>
            </a>
          )}
        </aside>
        <a class="drawer-shade" href="#content" tabindex={-1} aria-hidden="true" />
        <div class="page">
          <header class="top">
            <a class="icon-button drawer-open" href="#side" aria-label={words.openNavigation}>
              <Icon name="menu" />
            </a>
            {around.entries.some(({ page }) => page === "calls") ? (
              <form class="search" role="search" action={PAGES.calls.href}>
                <Icon name="search" />
                <input
                  type="search"
                  name="q"
                  value={search}
                  maxlength={100}
                  placeholder={words.searchHint}
                  aria-label={words.search}
                  data-key="/"
                />
                <kbd aria-hidden="true">/</kbd>
              </form>
            ) : (
              <span class="search" />
            )}
            {view.isLocal && (
              <span class="environment" title={words.localWhy}>
                {words.local}
              </span>
            )}
            <Bell view={view} unread={around.unread} />
            <PersonMenu view={view} frame={around} />
          </header>
          <main id="content" tabindex={-1}>
            <div class="toasts" aria-live="polite">
              {toast}
            </div>
            {children}
          </main>
          <Foot view={view} hasTools={around.entries.some(({ page }) => page === "webhooks")} />
        </div>
      </div>
      <KeyList view={view} pages={around.entries.map(({ page }) => page)} />
    </Document>
  );
}

function Bell({ view, unread }: { view: View; unread: number }) {
  const words = wordsOf(notificationWords, view.language);
  const count = unread >= MOST_UNREAD ? `${view.formats.number(MOST_UNREAD - 1)}+` : view.formats.number(unread);
  const name = unread === 0 ? words.bell : words.bellUnread(count);
  return (
    <a class="icon-button bell" href="/dashboard/notifications" aria-label={name} title={name}>
      <Icon name="bell" />
      {unread > 0 && (
        <span class="bell-count" aria-hidden="true">
          {count}
        </span>
      )}
    </a>
  );
}

function PersonMenu({ view, frame: around }: { view: View; frame: Frame }) {
  const words = wordsOf(frame, view.language);
  const { person, organization, others, csrf } = around;
  return (
    <details class="person" data-menu>
      <summary>
        <span class="organization" dir="auto">
          {organization}
        </span>
        <span class="avatar" aria-hidden="true">
          {initialsOf(person.name)}
        </span>
        <span class="for-screen-readers" dir="auto">
          {person.name}
        </span>
      </summary>
      <div class="menu">
        <p>
          <b dir="auto">{person.name}</b>
          <br />
          <span class="second" dir="auto">
            {person.email}
          </span>
        </p>
        {others.length > 0 && (
          <form method="post" action="/sign-in/organization">
            <input type="hidden" name="csrf" value={csrf} />
            <h2>{words.switchOrganization}</h2>
            {others.map(({ id, name }) => (
              <button class="menu-item" name="organization" value={id} dir="auto">
                {name}
              </button>
            ))}
          </form>
        )}
        <a class="menu-item" href="/dashboard/settings/profile">
          <Icon name="person" />
          {words.profile}
        </a>
        <form method="post" action="/sign-out">
          <input type="hidden" name="csrf" value={csrf} />
          <button class="menu-item">
            <Icon name="leave" />
            {words.signOut}
          </button>
        </form>
      </div>
    </details>
  );
}

/** The first letters of the first and the last word of a name. */
function initialsOf(name: string): string {
  const letters = name
    .trim()
    .split(/\s+/)
    .map((word) => String.fromCodePoint(word.codePointAt(0) ?? 63));
  return `${letters[0] ?? "?"}${letters.length > 1 ? letters.at(-1) : ""}`.toLocaleUpperCase();
}
