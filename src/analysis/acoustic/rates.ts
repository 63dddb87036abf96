/** In Hz. Everything after the resampler works at telephone rate: speech is below 3400 Hz, and this costs least. */
export const ANALYSIS_RATE = 8_000;
/** In samples at ANALYSIS_RATE: 10 ms, the step in which speech is detected. */
export const FRAME = 80;
export const FRAMES_PER_SECOND = ANALYSIS_RATE / FRAME;
export const FRAME_MS = 1000 / FRAMES_PER_SECOND;
