/**
 * Plays from where it is. A pause or another recording before it has begun takes the wish back, which browsers report as an
 * error; that a recording cannot be loaded is told by the element's own `error` event.
 */
export function startPlaying(audio: HTMLMediaElement): void {
  audio.play().catch(() => undefined);
}
