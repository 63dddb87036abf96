// Names of engines have no spaces; those of models may.

/** An engine and a model of it, as a choice of a form sends them. */
export function engineValue({ engine, model }: { engine: string; model: string | null }): string {
  return model === null ? engine : `${engine} ${model}`;
}

/** The same, read. */
export function engineFrom(value: string): { engine: string; model?: string } {
  const [engine = "", ...rest] = value.split(" ");
  return rest.length === 0 ? { engine } : { engine, model: rest.join(" ") };
}

/** As people read it. */
export function engineName({ engine, model }: { engine: string; model: string | null }): string {
  return model === null ? engine : `${engine} · ${model}`;
}
