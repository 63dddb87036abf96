const FRAMES = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

type Output = { isTTY?: boolean; write(text: string): unknown };

/** Shows what is being waited for: a spinner on a terminal, one plain line per step elsewhere. */
export class Progress {
  readonly #output: Output;
  readonly #began = Date.now();
  #step = "";
  #frame = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(output: Output = process.stdout) {
    this.#output = output;
  }

  waitFor(step: string): void {
    if (step === this.#step) return;
    this.#step = step;
    if (!this.#output.isTTY) return void this.#output.write(`… ${step}\n`);
    this.#timer ??= setInterval(() => this.#draw(), 80);
    this.#draw();
  }

  /** A line that stays. */
  print(line: string): void {
    this.#erase();
    this.#output.write(`${line}\n`);
    if (this.#timer) this.#draw();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#erase();
  }

  #draw(): void {
    this.#frame += 1;
    const seconds = ((Date.now() - this.#began) / 1000).toFixed(1);
    this.#erase();
    this.#output.write(`${FRAMES[this.#frame % FRAMES.length] ?? ""} ${this.#step} (${seconds} s)`);
  }

  #erase(): void {
    if (this.#output.isTTY) this.#output.write("\r\u001B[2K");
  }
}
