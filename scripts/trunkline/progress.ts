/** Where progress is shown: on a terminal in place, elsewhere only what is done. */
export type Progress = { show(line: string): void; done(line: string): void };

const WIDTH = 24;

export function progressOn(stream: { isTTY?: boolean; write(text: string): unknown }): Progress {
  const clear = "\r\u001b[2K";
  return {
    show: (line) => void (stream.isTTY && stream.write(clear + line)),
    done: (line) => void stream.write(`${stream.isTTY ? clear : ""}${line}\n`),
  };
}

/** A bar with its share: `call.wav  ███████─────────────────  29 %`. */
export function barOf(name: string, sent: number, size: number): string {
  const share = size === 0 ? 1 : Math.min(1, sent / size);
  const full = Math.floor(share * WIDTH);
  return `${name}  ${"█".repeat(full)}${"─".repeat(WIDTH - full)}  ${Math.floor(share * 100)} %`;
}
