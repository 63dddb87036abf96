import { announce } from "./announce";

const SHOWN_FOR = 2000;

/** Buttons with `data-copy` copy its text. */
export function listenForCopies(): void {
  document.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLElement>("[data-copy]");
    if (button) void copy(button);
  });
}

async function copy(button: HTMLElement): Promise<void> {
  const { copy: text = "", copied = "" } = button.dataset;
  await write(text);
  announce(copied);
  const word = button.querySelector(".copy-word");
  const before = word?.textContent ?? "";
  if (word && before !== copied) word.textContent = copied;
  button.classList.add("copied");
  setTimeout(() => {
    button.classList.remove("copied");
    if (word && before !== copied) word.textContent = before;
  }, SHOWN_FOR);
}

/** Over plain http, as on a local network, there is no clipboard object. */
async function write(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "for-screen-readers";
  document.body.append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
}
