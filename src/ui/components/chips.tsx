import type { Child } from "hono/jsx";
import { frame } from "../strings/frame";
import { wordsOf } from "../strings/define";
import type { View } from "../view";
import { Icon } from "./icon";

/** Filters in force: each names its value and leads to the list without it. */
export function Chips({ children }: { children?: Child }) {
  return <div class="chips">{children}</div>;
}

export function Chip(props: { view: View; name: string; value: string; withoutHref: string }) {
  const { view, name, value, withoutHref } = props;
  const words = wordsOf(frame, view.language);
  return (
    <span class="chip">
      {name} <b>{value}</b>
      <a class="chip-remove" href={withoutHref} aria-label={words.remove(`${name} ${value}`)}>
        <Icon name="close" />
      </a>
    </span>
  );
}

/** A chip, or a button, that opens to a small form. Works without script. */
export function ChipMenu({ title, asButton, children }: { title: Child; asButton?: boolean; children?: Child }) {
  return (
    <details class={`chip-menu${asButton ? " at-end" : ""}`} data-menu>
      <summary class={asButton ? "button" : "chip"}>{title}</summary>
      <div class="menu">{children}</div>
    </details>
  );
}
