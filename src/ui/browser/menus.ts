/** A menu closes when the person turns elsewhere, and Escape closes it. */
export function listenForMenus(): void {
  document.addEventListener("click", (event) => closeMenus((event.target as Element).closest("details[data-menu]")));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = document.querySelector<HTMLDetailsElement>("details[data-menu][open]");
    if (!open) return;
    open.open = false;
    open.querySelector("summary")?.focus();
  });
}

function closeMenus(except: Element | null): void {
  for (const menu of document.querySelectorAll<HTMLDetailsElement>("details[data-menu][open]"))
    if (menu !== except) menu.open = false;
}
