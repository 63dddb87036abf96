import type { JudgeSettings, Verdict } from "./contract";

const GONE = 410;
const THROTTLED = new Set([408, 429]);

/** 2xx is delivered, 410 is `gone`, and everything else, including redirects, is retried. */
export function judge(status: number, settings: JudgeSettings): Verdict {
  if (settings.strict200 ? status === 200 : status >= 200 && status < 300) return "delivered";
  return status === GONE ? "gone" : "retry";
}

/** The same, except that client errors are final: the subscriber has to fix them. */
export function judgeClientErrorsFinal(status: number, settings: JudgeSettings): Verdict {
  const verdict = judge(status, settings);
  if (verdict !== "retry" || status < 400 || status > 499) return verdict;
  return settings.retryThrottled && THROTTLED.has(status) ? "retry" : "final";
}
