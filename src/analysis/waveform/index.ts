/** Waveforms: the peaks of a recording, made while it is analysed, kept beside it in R2, in audiowaveform's format. */
export { createPeakMaker, type Peaks, type PeakMaker } from "./peaks";
export { readWaveformFile, waveformFileOf, waveformJsonOf } from "./format";
export { keepWaveform, readWaveform, sweepWaveforms, waveformKeyOf, WAVEFORMS_PREFIX } from "./kept";
export { makeWaveform } from "./make";
