const COOKIE = "trunkline_folds";
const YEAR = 31_536_000;

/** The server opens and folds panels as this browser had them last, so that nothing moves once a page is there. */
export function listenForFolds(): void {
  document.addEventListener("click", ({ target }) => {
    const fold = target instanceof Element ? target.closest("summary")?.parentElement : null;
    const name = fold?.dataset["fold"];
    if (!(fold instanceof HTMLDetailsElement) || name === undefined) return;
    // It is opened or folded after its click was heard.
    setTimeout(() => remember(name, fold.open), 0);
  });
}

function remember(name: string, isOpen: boolean): void {
  const [, known = ""] = new RegExp(`(?:^|;\\s*)${COOKIE}=([\\w.-]*)`).exec(document.cookie) ?? [];
  const others = known.split(".").filter((one) => one !== "" && one.replace("-", "") !== name);
  const value = [...others, isOpen ? name : `-${name}`].join(".");
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${COOKIE}=${value}; Path=/; Max-Age=${YEAR}; SameSite=Lax${secure}`;
}
