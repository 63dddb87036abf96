import { composeCall, createRandom, type Truth } from "../../../scripts/fixture/compose.ts";
import type { Line } from "../../../scripts/fixture/lines.ts";
import { speak, speakEspeak } from "../../../scripts/fixture/speak.ts";
import { isRecorded, KEPT_OUT, recorded } from "./prompts.ts";
import { normal } from "./synthesis.ts";

/** A conversation with both parties apart and without noise, and what is true of it. */
export type Dialogue = { name: string; isHeldOut: boolean; channels: [Float32Array, Float32Array]; truth: Truth };

type Voice = { by: "flite" | "espeak"; name: string; language: "en" | "es" | "pt" };

const VOICES: readonly Voice[] = [
  { by: "flite", name: "rms", language: "en" },
  { by: "flite", name: "slt", language: "en" },
  { by: "espeak", name: "es-419+m3", language: "es" },
  { by: "espeak", name: "es-419+f3", language: "es" },
  { by: "flite", name: "awb", language: "en" },
  { by: "espeak", name: "en-us+f2", language: "en" },
  { by: "espeak", name: "pt-br+m1", language: "pt" },
  { by: "espeak", name: "pt-br+f2", language: "pt" },
];

export const SENTENCES = {
  en: [
    "Thank you for calling, how can I help you today?",
    "I was charged two times for the same month and I would like my money back.",
    "Let me look at your account.",
    "The second payment goes back to your card within five days, and you will get a letter that confirms it.",
    "Could you please confirm your address and your date of birth?",
    "That is not what your colleague told me last week.",
    "We have a new plan that would save you ten dollars every month, and you may leave whenever you like.",
    "No, I did not agree to that price.",
    "The contract will renew on the first of January unless you write to us before.",
    "I have been waiting for almost an hour.",
  ],
  es: [
    "Gracias por llamar, ¿en qué le puedo ayudar?",
    "Me cobraron dos veces el mismo mes y quiero que me devuelvan el dinero.",
    "Permítame revisar su cuenta.",
    "El segundo pago vuelve a su tarjeta en cinco días y recibirá una carta que lo confirma.",
    "¿Me confirma su dirección y su fecha de nacimiento?",
    "Eso no es lo que me dijo su compañero la semana pasada.",
    "Tenemos un plan nuevo con el que ahorra diez dólares por mes y puede irse cuando quiera.",
    "No, yo no acepté ese precio.",
  ],
  pt: [
    "Obrigado por ligar, como posso ajudar?",
    "Fui cobrado duas vezes no mesmo mês e quero o meu dinheiro de volta.",
    "Vou olhar a sua conta.",
    "O segundo pagamento volta para o seu cartão em cinco dias e o senhor recebe uma carta.",
    "Pode confirmar o seu endereço e a sua data de nascimento?",
    "Não foi isso que o seu colega me disse na semana passada.",
  ],
} as const;

export const SHORT_WORDS = {
  en: ["Yes.", "Okay.", "Right.", "I see."],
  es: ["Sí.", "Claro.", "Bueno."],
  pt: ["Sim.", "Certo."],
};

/** Silent as the tool gives it: noise is a matter of the condition. */
const NO_NOISE = 200;
const TURNS = 14;
const RATE = 8000;

const said = new Map<string, Float32Array>();

/** Every fourth is kept out of tuning. The same number gives the same dialogue. */
export function makeDialogue(number: number): Dialogue {
  const random = createRandom(1000 + number);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const first = VOICES[number % VOICES.length]!;
  const second = VOICES[(number * 3 + 1) % VOICES.length]!;
  const voices = [first, second === first ? VOICES[(number + 1) % VOICES.length]! : second] as const;
  const secondsOf = (party: 0 | 1, text: string) => sayBy(voices[party], text).length / RATE;
  const lines: Line[] = [];
  const pending = new Map<number, number>();
  let last = 0;
  for (let turn = 0; turn < TURNS; turn++) {
    const party = (turn % 2) as 0 | 1;
    const text = `${pick(SENTENCES[voices[party].language])} ${random() < 0.5 ? pick(SENTENCES[voices[party].language]) : ""}`;
    const length = secondsOf(party, text);
    const chance = random();
    // An interruption begins when the other has spoken for a while, overlaps for long, and goes on for long.
    const overlap = 0.6 + random() * 0.7;
    const interrupts = chance < 0.25 && last > overlap + 1 && length > overlap + 1.3;
    const gap = turn === 0 ? 1 : interrupts ? -overlap : chance > 0.92 ? 5 + random() * 3 : 0.25 + random() * 0.9;
    lines.push({ party, gap, kind: interrupts ? "interruption" : "turn", text });
    last = length;
    const word = pick(SHORT_WORDS[voices[(1 - party) as 0 | 1].language]);
    const short = secondsOf((1 - party) as 0 | 1, word);
    if (random() < 0.35 && length > 3.5 && short < 0.8) {
      const back = length * (0.35 + random() * 0.2);
      lines.push({ party: (1 - party) as 0 | 1, gap: -back, kind: "backchannel", text: word });
      // The next line is placed from the end of the sentence, not of the word.
      const rest = back - short;
      pending.set(lines.length, rest);
    }
  }
  for (const [index, rest] of pending) {
    const line = lines[index];
    if (line) lines[index] = { ...line, gap: line.gap + rest };
  }
  const { channels, truth } = composeCall({
    lines,
    say: (party, text) => sayBy(voices[party], text),
    levels: [-20 - random() * 6, -21 - random() * 8],
    noiseBelow: NO_NOISE,
    seed: number,
    tail: 1,
  });
  return { name: `${number + 1}: ${voices[0].name}, ${voices[1].name}`, isHeldOut: number % 4 === 3, channels, truth };
}

/** Whether Debian's prompts of the person whom the net was not trained with are installed. */
export function peopleAreHere(): boolean {
  return isRecorded(KEPT_OUT);
}

/** A conversation of prompts that a person has spoken, of whom nothing was trained with. */
export function makeDialogueOfPeople(number: number): Dialogue {
  const random = createRandom(4000 + number);
  const person = recorded(KEPT_OUT);
  const lines = Array.from({ length: 2 * TURNS }, (_, turn): Line => {
    const text = String(Math.floor(random() * person.pieces));
    const gap = turn === 0 ? 1 : random() < 0.15 ? 4 : 0.25 + random();
    return { party: (turn % 2) as 0 | 1, gap, kind: "turn", text };
  });
  const { channels, truth } = composeCall({
    lines,
    say: (_, text) => person.piece(Number(text)),
    levels: [-20 - random() * 6, -21 - random() * 8],
    noiseBelow: NO_NOISE,
    seed: number,
    tail: 1,
  });
  return { name: `people ${number + 1}`, isHeldOut: true, channels, truth };
}

function sayBy(voice: Voice, text: string): Float32Array {
  const key = `${voice.name} ${text}`;
  const known = said.get(key);
  if (known) return known;
  const samples = voice.by === "flite" ? speak(voice.name, text) : speakEspeak(voice.name, text);
  said.set(key, samples);
  return samples;
}

/** Voices that talk all at once, as behind a call: RMS 1. */
export function babble(seconds: number, seed: number): Float32Array {
  const random = createRandom(seed);
  const track = new Float32Array(Math.round(seconds * RATE));
  for (const voice of VOICES) {
    for (let round = 0; round < 2; round++) {
      for (let at = Math.floor(random() * RATE); at < track.length;) {
        const samples = sayBy(voice, SENTENCES[voice.language][Math.floor(random() * 6)]!);
        for (let i = 0; i < samples.length && at + i < track.length; i++) track[at + i]! += samples[i]!;
        at += samples.length + Math.floor(random() * 0.4 * RATE);
      }
    }
  }
  return normal(track);
}
