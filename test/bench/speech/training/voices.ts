import { createRandom } from "../../../../scripts/fixture/compose.ts";
import { speak, speakEspeak } from "../../../../scripts/fixture/speak.ts";
import { SENTENCES, SHORT_WORDS } from "../dialogue.ts";
import { everyoneRecorded, kept, type Speaker } from "../prompts.ts";

const FLITE = ["kal", "awb", "rms", "slt"];
const ESPEAK = { en: ["en-us", "en-gb"], es: ["es", "es-419"], pt: ["pt-br", "pt"] } as const;
const VARIANTS = ["m1", "m2", "m3", "m5", "m7", "f1", "f2", "f3", "f5"];

/** People, whose prompts are installed, voices of flite and espeak-ng, and machines that only hum as voices do. */
export function allSpeakers(): { real: Speaker[]; synthetic: Speaker[]; machines: Speaker[] } {
  return {
    real: everyoneRecorded(),
    synthetic: synthesized(),
    machines: Array.from({ length: 40 }, (_, at) => machine(at)),
  };
}

function synthesized(): Speaker[] {
  const flite = FLITE.map((voice) => saying(voice, "en", (text) => speak(voice, text)));
  const espeak = (Object.keys(ESPEAK) as (keyof typeof ESPEAK)[]).flatMap((language) =>
    ESPEAK[language].flatMap((accent, a) =>
      VARIANTS.filter((_, v) => v % 2 === a).map((variant) => {
        const voice = `${accent}+${variant}`;
        return saying(voice, language, (text) => speakEspeak(voice, text));
      }),
    ),
  );
  return [...flite, ...espeak];
}

function saying(name: string, language: keyof typeof SENTENCES, say: (text: string) => Float32Array): Speaker {
  const texts = [...SENTENCES[language], ...SHORT_WORDS[language]];
  return { name, pieces: texts.length, piece: kept((at) => say(texts[at]!)) };
}

/** Overtones that glide together, louder and softer from syllable to syllable: what makes a sound a voice and no note. */
function machine(number: number): Speaker {
  const random = createRandom(31_000 + 101 * number);
  const between = (least: number, most: number) => least + random() * (most - least);
  const [pitch, fall] = [between(85, 260), between(0.4, 1.2)];
  const piece = kept(() => {
    const [depth, glides, syllables] = [between(0.06, 0.16), between(1.2, 3.5), between(3, 6)];
    const [start, lull] = [between(0, 6), between(0.2, 0.45)];
    return Float32Array.from({ length: Math.round(between(0.6, 3) * 8000) }, (_, i) => {
      const t = i / 8000;
      const turn = pitch * t + (depth * pitch * Math.sin(2 * Math.PI * glides * t + start)) / (2 * Math.PI * glides);
      let sum = 0;
      for (let overtone = 1; overtone * pitch < 3300; overtone++)
        sum += Math.sin(2 * Math.PI * overtone * turn + overtone) / overtone ** fall;
      return (1 - lull - lull * Math.cos(2 * Math.PI * syllables * t)) * sum;
    });
  });
  return { name: `machine ${number}`, pieces: 12, piece };
}
