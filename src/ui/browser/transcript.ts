const audio = document.querySelector<HTMLAudioElement>("[data-audio-element]");

for (const transcript of document.querySelectorAll<HTMLElement>("[data-transcript]")) {
  const list = transcript.querySelector<HTMLElement>("ol");
  if (!list) continue;
  const parts = [...list.querySelectorAll<HTMLElement>("li")];
  search(transcript, parts);
  if (audio) follow(audio, list, parts);
}

/** Marks what is being said, and keeps it in sight while the recording plays and nobody reads elsewhere. */
function follow(player: HTMLAudioElement, list: HTMLElement, parts: readonly HTMLElement[]): void {
  let current: HTMLElement | undefined;
  player.addEventListener("timeupdate", () => {
    const now = player.currentTime;
    const said = parts.findLast((part) => Number(part.dataset.from) <= now);
    if (said === current) return;
    current?.removeAttribute("aria-current");
    current = said;
    if (!said) return;
    said.setAttribute("aria-current", "true");
    const isRead = list.matches(":hover") || list.contains(document.activeElement);
    if (!player.paused && !isRead) list.scrollTop = said.offsetTop - list.offsetTop - list.clientHeight / 3;
  });
}

/** Leaves the parts in sight that have what is looked for. */
function search(transcript: HTMLElement, parts: readonly HTMLElement[]): void {
  const box = transcript.querySelector<HTMLElement>("[data-transcript-search]");
  const field = box?.querySelector("input");
  const count = box?.querySelector("[data-count]");
  if (!box || !field) return;
  box.hidden = false;
  field.addEventListener("input", () => {
    const wanted = plain(field.value);
    let found = 0;
    for (const part of parts) {
      const isFound = wanted === "" || plain(part.lastElementChild?.textContent ?? "").includes(wanted);
      part.hidden = !isFound;
      if (isFound) found += 1;
    }
    if (count) count.textContent = wanted === "" ? "" : (transcript.dataset.found ?? "#").replace("#", String(found));
  });
}

function plain(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().trim();
}
