import { rememberOne } from "./remember";

const COOKIE = "trunkline_folds";

/** The server opens and folds panels as this browser had them last, so that nothing moves once a page is there. */
export function listenForFolds(): void {
  document.addEventListener("change", ({ target }) => {
    if (target instanceof HTMLSelectElement) unfoldFor(target);
  });
  document.addEventListener("click", ({ target }) => {
    const fold = target instanceof Element ? target.closest("summary")?.parentElement : null;
    const name = fold?.dataset["fold"];
    if (!(fold instanceof HTMLDetailsElement) || name === undefined) return;
    // It is opened or folded after its click was heard.
    setTimeout(() => rememberOne(COOKIE, (one) => one.replace("-", "") === name, fold.open ? name : `-${name}`), 0);
  });
}

/** Opens what has to be filled in once this is chosen: `data-opens-with` names the field and its value. */
function unfoldFor({ form, name, value }: HTMLSelectElement): void {
  for (const fold of form?.querySelectorAll<HTMLDetailsElement>("details[data-opens-with]") ?? [])
    if (fold.dataset["opensWith"] === `${name}=${value}`) fold.open = true;
}
