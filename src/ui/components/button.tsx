import type { Child } from "hono/jsx";
import type { IconName } from "../icon-names";
import { Icon } from "./icon";

type Look = { kind?: "plain" | "main" | "danger" | "quiet"; small?: boolean; icon?: IconName };
type Content = { children?: Child };

/**
 * Submits its form. `name` and `value` go with it, so that one form can have several. `label` names it for screen readers
 * where its words alone do not say what it acts on.
 */
export function Button(
  props: Look & Content & { name?: string; value?: string; type?: "submit" | "button"; label?: string; form?: string },
) {
  const { children, icon, type = "submit", name, value, label, form } = props;
  return (
    <button class={classOf(props)} type={type} form={form} name={name} value={value} aria-label={label}>
      {icon && <Icon name={icon} />}
      {children}
    </button>
  );
}

/** Looks like a button and leads somewhere. */
export function ButtonLink(props: Look & Content & { href: string; label?: string }) {
  const { children, icon, href, label } = props;
  return (
    <a class={classOf(props)} href={href} aria-label={label}>
      {icon && <Icon name={icon} />}
      {children}
    </a>
  );
}

function classOf({ kind = "plain", small = false }: Look): string {
  return `button ${kind}${small ? " small" : ""}`;
}
