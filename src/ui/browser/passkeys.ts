/** What this needs of browsers and TypeScript's own types do not have yet. */
type Ceremonies = {
  parseCreationOptionsFromJSON(options: unknown): PublicKeyCredentialCreationOptions;
  parseRequestOptionsFromJSON(options: unknown): PublicKeyCredentialRequestOptions;
};

/**
 * Forms with `data-passkey` ask the browser for a passkey, put its answer into their field `passkey`, and go on. What the
 * browser is asked comes from the address in `data-options`; "create" makes a passkey, "get" uses one.
 */
export function listenForPasskeys(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    const field = form.elements.namedItem("passkey");
    if (form.dataset.passkey === undefined || !(field instanceof HTMLInputElement)) return;
    event.preventDefault();
    void answer(form, field);
  });
}

async function answer(form: HTMLFormElement, field: HTMLInputElement): Promise<void> {
  const problem = form.querySelector<HTMLElement>("[data-passkey-problem]");
  if (problem) problem.hidden = true;
  try {
    field.value = JSON.stringify(await ask(form));
  } catch {
    // Also when the person closed the browser's window: nothing happened, and it can be tried again.
    if (problem) problem.hidden = false;
    return;
  }
  form.submit();
}

async function ask(form: HTMLFormElement): Promise<Credential | null> {
  const body = new URLSearchParams(
    [...new FormData(form)].map(([name, value]) => [name, typeof value === "string" ? value : ""]),
  );
  const response = await fetch(form.dataset.options ?? "", { method: "POST", body });
  if (!response.ok) throw new Error(`no options: ${response.status}`);
  const options: unknown = await response.json();
  const ceremonies = PublicKeyCredential as unknown as Ceremonies;
  return form.dataset.passkey === "create"
    ? navigator.credentials.create({ publicKey: ceremonies.parseCreationOptionsFromJSON(options) })
    : navigator.credentials.get({ publicKey: ceremonies.parseRequestOptionsFromJSON(options) });
}
