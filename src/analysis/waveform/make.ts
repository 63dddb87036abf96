import { ok, type Result } from "../../lib/result";
import type { AnalysisFailure, AnalysisInput } from "../contract";
import { decodeRecording } from "../decode/decode-recording";
import { MAX_SECONDS } from "../embedded";
import { createPeakMaker, type Peaks } from "./peaks";

/** The peaks of a recording that was analysed before peaks were made of it. */
export async function makeWaveform(input: AnalysisInput): Promise<Result<Peaks | null, AnalysisFailure>> {
  const maker = createPeakMaker();
  const decoded = await decodeRecording(input, MAX_SECONDS, maker.hear);
  return decoded.ok ? ok(maker.finish()) : decoded;
}
