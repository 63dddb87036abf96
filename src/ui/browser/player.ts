import { announce } from "./announce";
import { listenForGains } from "./gains";
import { areKeysOn, isField, takesSpace } from "./key-rules";
import { startPlaying } from "./start-playing";

const SEEK = 5;
/** Of the picture of the lanes, in its own units. */
const LANES_WIDTH = 1000;
/** Silence shorter than this is not worth a jump. */
const WORTH_SKIPPING = 1.5;

for (const player of document.querySelectorAll<HTMLElement>("[data-player]")) start(player);

function start(player: HTMLElement): void {
  const audio = player.querySelector<HTMLAudioElement>("[data-audio-element]");
  const controls = player.querySelector<HTMLElement>("[data-controls]");
  if (!audio || !controls) return;
  const seconds = Number(player.dataset.seconds) || 1;
  const turns = readTurns(player.dataset.turns);
  const position = controls.querySelector<HTMLInputElement>("[data-position]");
  const skip = controls.querySelector<HTMLInputElement>("[data-skip]");
  const clock = controls.querySelector("[data-now]");
  const playhead = player.querySelector("[data-playhead]");
  const toCome = player.querySelector("[data-to-come]");
  const speed = controls.querySelector<HTMLSelectElement>("[data-speed]");
  audio.controls = false;
  audio.hidden = true;
  player.classList.add("is-started");

  const seek = (to: number) => {
    audio.currentTime = Math.min(seconds, Math.max(0, to));
    show();
  };
  const show = () => {
    const now = audio.currentTime;
    if (clock) clock.textContent = asClock(now);
    if (position) {
      position.value = String(Math.floor(now));
      position.setAttribute("aria-valuetext", asClock(now));
    }
    const at = (now / seconds) * LANES_WIDTH;
    playhead?.setAttribute("transform", `translate(${at} 0)`);
    toCome?.setAttribute("x", String(at));
    toCome?.setAttribute("width", String(Math.max(0, LANES_WIDTH - at)));
    player.classList.toggle("is-playing", !audio.paused);
  };
  const toggle = () => (audio.paused ? startPlaying(audio) : audio.pause());
  const nextTurn = () => {
    const next = turns.find(([from]) => from > audio.currentTime + 0.3);
    if (next) seek(next[0]);
  };
  // The one that is heard begins anew; within its first second the one before it.
  const previousTurn = () => seek(turns.findLast(([from]) => from < audio.currentTime - 1)?.[0] ?? 0);
  const changeSpeed = (step: number) => {
    if (!speed) return;
    speed.selectedIndex = Math.min(speed.options.length - 1, Math.max(0, speed.selectedIndex + step));
    audio.playbackRate = Number(speed.value);
    announce(`${speed.value}×`);
  };

  const showFailure = async () => {
    const code = audio.error?.code;
    if (code !== MediaError.MEDIA_ERR_SRC_NOT_SUPPORTED && code !== MediaError.MEDIA_ERR_NETWORK) return;
    // Browsers say the same of a file that they cannot play and of one that did not come.
    const isThere = code === MediaError.MEDIA_ERR_SRC_NOT_SUPPORTED && (await comes(audio.src));
    const said = player.querySelector<HTMLElement>(isThere ? "[data-unplayable]" : "[data-unreachable]");
    if (!said) return;
    said.hidden = false;
    controls.hidden = true;
  };
  audio.addEventListener("error", () => void showFailure());
  // The element may have failed before this script ran.
  void showFailure();

  const first = Number(player.dataset.start) || 0;
  // The element may have read how long it is before this script ran.
  if (first > 0 && audio.readyState >= HTMLMediaElement.HAVE_METADATA) seek(first);
  else if (first > 0) audio.addEventListener("loadedmetadata", () => seek(first), { once: true });
  for (const type of ["timeupdate", "play", "pause", "ended", "seeked"]) audio.addEventListener(type, show);
  audio.addEventListener("timeupdate", () => {
    if (!skip?.checked || audio.paused) return;
    const now = audio.currentTime;
    if (turns.some(([from, to]) => from <= now && now < to)) return;
    const next = turns.find(([from]) => from > now);
    if (next && next[0] - now > WORTH_SKIPPING) seek(next[0] - 0.2);
  });
  controls.querySelector("[data-toggle]")?.addEventListener("click", toggle);
  position?.addEventListener("input", () => seek(Number(position.value)));
  speed?.addEventListener("change", () => changeSpeed(0));
  listenForGains(player, audio);
  player.querySelector("[data-lanes]")?.addEventListener("click", (event) => {
    const box = (event.currentTarget as Element).getBoundingClientRect();
    seek((((event as MouseEvent).clientX - box.left) / box.width) * seconds);
  });
  const copy = controls.querySelector<HTMLElement>("[data-copy-place]");
  copy?.addEventListener("click", () => {
    const url = new URL(location.href);
    url.searchParams.set("t", String(Math.floor(audio.currentTime)));
    void navigator.clipboard?.writeText(url.href).then(() => announce(copy.dataset.copied ?? ""));
  });
  for (const link of document.querySelectorAll<HTMLElement>("[data-seek]"))
    link.addEventListener("click", (event) => {
      event.preventDefault();
      event.stopPropagation();
      seek(Number(link.dataset.seek));
      startPlaying(audio);
    });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isField(event.target, event.key) || !areKeysOn()) return;
    if (document.querySelector("dialog[open]")) return;
    if (event.key === " " && !takesSpace(event.target)) toggle();
    else if (event.key === "ArrowLeft") seek(audio.currentTime - SEEK);
    else if (event.key === "ArrowRight") seek(audio.currentTime + SEEK);
    else if (event.key === "n") nextTurn();
    else if (event.key === "p") previousTurn();
    else if (event.key === "-") changeSpeed(-1);
    else if (event.key === "+" || event.key === "=") changeSpeed(1);
    else if (/^\d$/.test(event.key)) seek((seconds * Number(event.key)) / 10);
    else return;
    event.preventDefault();
  });
  show();
}

/** Whether the server gives a file, by its first byte. */
function comes(source: string): Promise<boolean> {
  return fetch(source, { headers: { range: "bytes=0-0" } }).then(
    ({ ok }) => ok,
    () => false,
  );
}

/** In seconds, in order. */
function readTurns(text: string | undefined): [number, number][] {
  const turns = JSON.parse(text ?? "[]") as [number, number][];
  return turns.map(([from, to]) => [from / 1000, to / 1000]);
}

function asClock(seconds: number): string {
  const whole = Math.floor(seconds);
  const two = (value: number) => String(value).padStart(2, "0");
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}
