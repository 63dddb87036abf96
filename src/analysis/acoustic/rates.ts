/** Hz. Everything behind the resampler works at telephone rate: speech lives below 3400 Hz, and it costs least there. */
export const ANALYSIS_RATE = 8_000;
/** Samples at ANALYSIS_RATE: 10 ms, the step in which speech is decided. */
export const FRAME = 80;
export const FRAMES_PER_SECOND = ANALYSIS_RATE / FRAME;
export const FRAME_MS = 1000 / FRAMES_PER_SECOND;
