import { createBitTrack, type BitTrack } from "./bit-track";
import { oddsCode } from "./scales";
import { LONGEST_PAUSE, SOFTLY } from "./speech";

// Of the voice net. Speech starts where it is likely, and extends on both sides as far as it is not unlikely.
const OPEN = oddsCode(0.5);
const CLOSE = oddsCode(-1);
// A soft border: a voice is not out of the question.
const SOFT = oddsCode(-4);
// The net also knows music whose notes tremble.
const MUSIC = oddsCode(1);

/** In frames: the measures of a voice look so far beyond its speech: two frames, or a step of the pitch and the rest of another. */
const LOOK = 4;
/** In frames: how far decisions may extend speech beyond these marks, and the measures look beyond that. */
const NEAR = SOFTLY + LONGEST_PAUSE + LOOK;
/** In frames, whole steps of the pitch: for so many at once it is told whether a voice may be near. */
export const BLOCK_FRAMES = 64;

/** What is kept of the odds that the voice net gives a channel: how they compare, four bits a frame. */
export type VoiceMarks = {
  /** Where a voice is likely, and on both sides as far as it is not unlikely. Becomes the speech of the channel's party. */
  speech: BitTrack;
  /** Where a voice is not out of the question. */
  soft: BitTrack;
  /** Where music or a tone is likely. Becomes the music. */
  music: BitTrack;
  /** Where music or a tone is likelier than a voice. */
  ratherMusic: BitTrack;
};

type VoiceMarker = {
  marks: VoiceMarks;
  /** Takes the odds of the next frame, as `oddsCode` writes them. */
  hear(voice: number, music: number): void;
  /** Tells of the blocks that still wait for later frames. */
  finish(): void;
};

/** `tell` is told of each BLOCK_FRAMES frames, one after the other, whether speech may be decided there or nearby. */
export function createVoiceMarker(tell: (isNearVoice: boolean) => void): VoiceMarker {
  const marks = {
    speech: createBitTrack(),
    soft: createBitTrack(),
    music: createBitTrack(),
    ratherMusic: createBitTrack(),
  };
  const { speech, soft, music, ratherMusic } = marks;
  // Of the run of frames that may be speech: where it starts, and whether it is.
  let start = 0;
  let isSpeech = false;
  let lastInRun = -Infinity;
  let told = 0;

  function tellBlock(): void {
    tell(lastInRun >= told - NEAR);
    told += BLOCK_FRAMES;
  }

  return {
    marks,
    hear(voiceCode, musicCode) {
      const frame = speech.length();
      if (frame === told + BLOCK_FRAMES + NEAR) tellBlock();
      if (voiceCode < CLOSE) {
        start = frame + 1;
        isSpeech = false;
      } else {
        lastInRun = frame;
        if (voiceCode >= OPEN && !isSpeech) {
          speech.fill(true, start, frame);
          isSpeech = true;
        }
      }
      speech.push(isSpeech);
      soft.push(voiceCode >= SOFT);
      music.push(musicCode >= MUSIC);
      ratherMusic.push(voiceCode < musicCode);
    },
    finish() {
      while (told < speech.length()) tellBlock();
    },
  };
}
