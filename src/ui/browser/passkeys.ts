/** What this needs of browsers and TypeScript's own types do not have yet. */
type Ceremonies = {
  parseCreationOptionsFromJSON(options: unknown): PublicKeyCredentialCreationOptions;
  parseRequestOptionsFromJSON(options: unknown): PublicKeyCredentialRequestOptions;
};

/**
 * Forms with `data-passkey` ask the browser for a passkey, put its answer into their hidden field for it, and go on. What the
 * browser is asked comes from the address in `data-options`; "create" makes a passkey, "get" uses one.
 */
export function listenForPasskeys(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    const field = form.querySelector<HTMLInputElement>("input[data-passkey-answer]");
    if (form.dataset.passkey === undefined || !field) return;
    event.preventDefault();
    void answer(form, field);
  });
}

async function answer(form: HTMLFormElement, field: HTMLInputElement): Promise<void> {
  const problem = form.querySelector<HTMLElement>("[data-passkey-problem]");
  if (problem) problem.hidden = true;
  try {
    const asked = await ask(form);
    // Forbidden: the form is sent without an answer, and the page that it leads to says why.
    if (asked !== "forbidden") field.value = JSON.stringify(asked);
  } catch {
    // Also when the person closed the browser's window: nothing happened, and it can be tried again.
    if (problem) problem.hidden = false;
    return;
  }
  form.submit();
}

async function ask(form: HTMLFormElement): Promise<Credential | null | "forbidden"> {
  const body = new URLSearchParams(
    [...new FormData(form)].map(([name, value]) => [name, typeof value === "string" ? value : ""]),
  );
  const response = await fetch(form.dataset.options ?? "", { method: "POST", body });
  if (response.status === 403) return "forbidden";
  if (!response.ok) throw new Error(`no options: ${response.status}`);
  const options: unknown = await response.json();
  const ceremonies = PublicKeyCredential as unknown as Ceremonies;
  return form.dataset.passkey === "create"
    ? navigator.credentials.create({ publicKey: ceremonies.parseCreationOptionsFromJSON(options) })
    : navigator.credentials.get({ publicKey: ceremonies.parseRequestOptionsFromJSON(options) });
}
