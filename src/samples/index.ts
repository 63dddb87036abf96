/** Sample calls: loaded by the ordinary way of uploads, known by their source, removed without a trace. */
export { MOST_SAMPLE_CALLS, SAMPLE_AUDIO, SAMPLE_CALLS, type SampleAudio } from "./catalog";
export { countSamples, loadSamples, readSamples, type LoadDeps, type SampleState } from "./load";
export { removeSamples, type RemoveDeps } from "./remove";
export { sendSample, type GivenSample, type SendDeps, type SentSample } from "./send";
