import { describe, expect, it } from "vitest";
import { createBandwidthMeter } from "../../../src/analysis/acoustic/bandwidth";
import { createByteTrack } from "../../../src/analysis/acoustic/byte-track";
import { createClipMeter } from "../../../src/analysis/acoustic/clipping";
import { createPitchTracker, pitchHz } from "../../../src/analysis/acoustic/pitch";
import { createTonalityMeter, DIALLED, STANDS_STILL } from "../../../src/analysis/acoustic/tonality";
import { randomFrom, voice } from "./recordings";

const SIZES = [1, 37, 800, 4096, 10_000];

function inSizes(samples: Float32Array, size: number, push: (piece: Float32Array, length: number) => void): void {
  for (let at = 0; at < samples.length; at += size) {
    const piece = samples.subarray(at, at + size);
    push(piece, piece.length);
  }
}

describe("clipping", () => {
  const clipsOf = (samples: Float32Array, codec = "pcm", rate = 8000, size = samples.length) => {
    const meter = createClipMeter(rate, codec);
    inSizes(samples, size, meter.push);
    return meter.finish();
  };
  /** A triangle of 100 Hz, cut at full scale. */
  const ramps = (gain: number, cut = 1) =>
    Float32Array.from({ length: 8000 }, (_, i) => {
      const phase = (i % 80) / 80;
      const triangle = phase < 0.5 ? 4 * phase - 1 : 3 - 4 * phase;
      return Math.max(-cut, Math.min(cut, gain * triangle));
    });

  it("counts the samples of flat tops, and the tops", () => {
    // Of a triangle cut at half its height, half of all samples are cut: 41 from border to border on the way up and down.
    const { samples, places } = clipsOf(ramps(2));
    expect(Math.abs(samples - 4000)).toBeLessThanOrEqual(200);
    expect(Math.abs(places - 200)).toBeLessThanOrEqual(1);
  });

  it("finds none where full scale is only touched", () => {
    expect(clipsOf(ramps(1))).toEqual({ samples: 0, places: 0 });
    const sine = Float32Array.from({ length: 48_000 }, (_, i) => Math.sin((2 * Math.PI * 300 * i) / 48_000));
    expect(clipsOf(sine, "pcm", 48_000)).toEqual({ samples: 0, places: 0 });
  });

  it("knows the highest codes of telephone codecs", () => {
    const cut = ramps(2, 0.9804);
    expect(clipsOf(cut, "mulaw").places).toBeGreaterThan(190);
    expect(clipsOf(cut, "pcm").places).toBe(0);
  });

  it("does not depend on the pieces", () => {
    for (const size of SIZES) expect(clipsOf(ramps(2), "pcm", 8000, size)).toEqual(clipsOf(ramps(2)));
  });
});

describe("bandwidth", () => {
  const widthOf = (samples: Float32Array, rate: number, size = samples.length) => {
    const meter = createBandwidthMeter(rate);
    inSizes(samples, size, meter.push);
    return meter.finish();
  };
  const chirps = (rate: number, highest: number) =>
    Float32Array.from({ length: 3 * rate }, (_, i) => {
      let sum = 0;
      for (let hz = 150; hz <= highest; hz += 150) sum += Math.sin((2 * Math.PI * hz * i) / rate + hz);
      return 0.02 * sum;
    });

  it.each([
    [8000, 3300],
    [16_000, 3300],
    [48_000, 3300],
    [48_000, 12_000],
    [44_100, 7500],
  ])("at %i Hz is where the sound ends: %i Hz", (rate, highest) => {
    expect(Math.abs(widthOf(chirps(rate, highest), rate)! - highest)).toBeLessThanOrEqual(200);
  });

  it("is unknown where there is nothing", () => {
    expect(widthOf(new Float32Array(8000), 8000)).toBeNull();
    expect(widthOf(new Float32Array(0), 8000)).toBeNull();
    expect(widthOf(Float32Array.of(1), 8000)).toBeNull();
  });

  it("does not depend on the pieces", () => {
    const sound = chirps(16_000, 5000);
    for (const size of SIZES) expect(widthOf(sound, 16_000, size)).toBe(widthOf(sound, 16_000));
  });
});

describe("pitch", () => {
  const pitchOf = (samples: Float32Array, size = samples.length) => {
    const track = createByteTrack();
    const tracker = createPitchTracker(track);
    inSizes(samples, size, (piece, length) => tracker.push(piece, 0, length));
    tracker.finish(Math.ceil(samples.length / 160));
    return track.bytes();
  };
  const buzz = (hz: (t: number) => number) => {
    let phase = 0;
    return Float32Array.from({ length: 16_000 }, (_, i) => {
      phase += hz(i / 8000) / 8000;
      let sum = 0;
      for (let overtone = 1; overtone <= 12; overtone++) sum += Math.sin(2 * Math.PI * overtone * phase) / overtone;
      return 0.1 * sum;
    });
  };

  it.each([80, 100, 130, 180, 220, 280, 350])("of a buzz of %i Hz is right within 2 %%", (hz) => {
    const found = pitchOf(buzz(() => hz)).slice(5, -5);
    for (const code of found) expect(Math.abs(pitchHz(code) / hz - 1)).toBeLessThan(0.02);
  });

  it("follows a glide", () => {
    const found = pitchOf(buzz((t) => 100 + 50 * t));
    for (let step = 5; step < 95; step++) {
      expect(Math.abs(pitchHz(found[step]!) / (100 + 50 * (step + 0.5) * 0.02) - 1)).toBeLessThan(0.04);
    }
  });

  it("is none in silence, and in most of noise", () => {
    expect(pitchOf(new Float32Array(8000)).every((code) => code === 0)).toBe(true);
    const random = randomFrom(4);
    const noise = pitchOf(Float32Array.from({ length: 80_000 }, () => 0.3 * random()));
    expect(noise.filter((code) => code > 0).length / noise.length).toBeLessThan(0.05);
  });

  it("does not depend on the pieces", () => {
    const sound = voice(8000, 4, [[0.5, 3]]);
    for (const size of SIZES) expect(pitchOf(sound, size)).toEqual(pitchOf(sound));
  });
});

describe("tonality", () => {
  const tonalityOf = (samples: Float32Array, size = samples.length) => {
    const track = createByteTrack();
    const meter = createTonalityMeter(track);
    inSizes(samples, size, (piece, length) => meter.push(piece, 0, length));
    meter.finish(Math.ceil(samples.length / 400));
    return track.bytes();
  };
  const tones = (...hz: number[]) =>
    Float32Array.from({ length: 16_000 }, (_, i) =>
      hz.reduce((sum, one) => sum + 0.1 * Math.sin((2 * Math.PI * one * i) / 8000), 0),
    );
  const mean = (values: Uint8Array) => values.reduce((sum, value) => sum + value, 0) / values.length;

  it("is whole for tones that stand, a chord as well", () => {
    for (const sound of [tones(440), tones(350, 440), tones(262, 330, 392, 523)])
      expect(mean(tonalityOf(sound).slice(3, -3))).toBeGreaterThan(0.95 * STANDS_STILL);
  });

  it("is little for a voice that glides, and for noise", () => {
    let phase = 0;
    const gliding = Float32Array.from({ length: 16_000 }, (_, i) => {
      phase += (140 + 30 * Math.sin((2 * Math.PI * 3 * i) / 8000)) / 8000;
      let sum = 0;
      for (let overtone = 1; overtone <= 20; overtone++) sum += Math.sin(2 * Math.PI * overtone * phase) / overtone;
      return 0.1 * sum;
    });
    const random = randomFrom(4);
    const noise = Float32Array.from({ length: 16_000 }, () => 0.3 * random());
    for (const sound of [gliding, noise]) expect(mean(tonalityOf(sound))).toBeLessThan(0.15 * STANDS_STILL);
  });

  it("knows the digits of a telephone", () => {
    for (const low of [697, 770, 852, 941])
      for (const high of [1209, 1336, 1477, 1633])
        expect(new Set(tonalityOf(tones(low, high)).slice(2, -2))).toEqual(new Set([DIALLED]));
    expect(tonalityOf(tones(440, 480))).not.toContain(DIALLED);
  });

  it("does not depend on the pieces", () => {
    const sound = voice(8000, 4, [[0.5, 3]]);
    for (const size of SIZES) expect(tonalityOf(sound, size)).toEqual(tonalityOf(sound));
  });
});
