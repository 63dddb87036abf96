/**
 * A volume for each voice. Until one is changed the browser plays the recording as it is; from then on every channel has
 * its own volume and is heard in both ears.
 */
export function listenForGains(player: HTMLElement, audio: HTMLAudioElement): void {
  const inputs = [...player.querySelectorAll<HTMLInputElement>("[data-gain]")];
  let gains: GainNode[] | undefined;
  for (const input of inputs)
    input.addEventListener("input", () => {
      gains ??= splitChannels(audio, 1 + Math.max(...inputs.map(({ dataset }) => Number(dataset.gain))));
      const gain = gains[Number(input.dataset.gain)];
      if (gain) gain.gain.value = Number(input.value) / 100;
    });
}

function splitChannels(audio: HTMLAudioElement, channels: number): GainNode[] {
  const context = new AudioContext();
  void context.resume();
  const splitter = context.createChannelSplitter(channels);
  context.createMediaElementSource(audio).connect(splitter);
  return Array.from({ length: channels }, (_, channel) => {
    const gain = context.createGain();
    splitter.connect(gain, channel);
    gain.connect(context.destination);
    return gain;
  });
}
