import type { Child } from "hono/jsx";
import type { View } from "../view";

/** A white sheet with a title. `flush` lets a table or list reach its edges. */
export function Panel(props: {
  title?: Child;
  aside?: Child;
  flush?: boolean;
  tone?: "wrong" | "attention";
  id?: string;
  children?: Child;
}) {
  const { title, aside, flush = false, tone, id, children } = props;
  return (
    <section class={`panel${flush ? " flush" : ""}${tone ? ` ${tone}` : ""}`} id={id}>
      {title !== undefined && (
        <header class="panel-head">
          <h2>{title}</h2>
          {aside !== undefined && <div class="aside">{aside}</div>}
        </header>
      )}
      <div class="panel-body">{children}</div>
    </section>
  );
}

/** A part of a panel, or of one of its tabs, with a title of its own. */
export function Part(props: { title: Child; aside?: Child; id?: string; children?: Child }) {
  const { title, aside, id, children } = props;
  return (
    <section class="part" id={id}>
      <header class="part-head">
        <h3>{title}</h3>
        {aside !== undefined && <div class="aside">{aside}</div>}
      </header>
      {children}
    </section>
  );
}

/**
 * A panel that is open or folded, as this browser had it last. `name`: of its kind, over all pages; `isOpen`: until somebody
 * chose.
 */
export function FoldingPanel(props: {
  view: View;
  name: string;
  title: Child;
  aside?: Child;
  isOpen: boolean;
  id?: string;
  children?: Child;
}) {
  const { view, name, title, aside, isOpen, id, children } = props;
  return (
    <details class="panel fold" id={id} data-fold={name} open={view.folds?.get(name) ?? isOpen}>
      <summary class="panel-head">
        <h2>{title}</h2>
        {aside !== undefined && <div class="aside">{aside}</div>}
      </summary>
      <div class="panel-body">{children}</div>
    </details>
  );
}

/** Pairs of name and value. */
export function Facts({ facts }: { facts: readonly (readonly [name: Child, value: Child])[] }) {
  return (
    <dl class="facts">
      {facts.map(([name, value]) => (
        <div>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** One figure of a row of figures. */
export function Figure(props: { name: Child; value: Child; note?: Child; href?: string }) {
  const { name, value, note, href } = props;
  return (
    <div class="figure">
      <div class="figure-name">{href === undefined ? name : <a href={href}>{name}</a>}</div>
      <div class="figure-value">{value}</div>
      {note !== undefined && <div class="figure-note">{note}</div>}
    </div>
  );
}

export function Figures({ children }: { children?: Child }) {
  return <div class="figures">{children}</div>;
}
