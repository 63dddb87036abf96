// Silero VAD, version 5, at 8 kHz (MIT licence): the published weights, run by plain loops, since the benchmark needs no
// whole ONNX runtime. A step is 256 samples after 32 of the step before.

const STEP = 256;
const CONTEXT = 32;
const INPUT = CONTEXT + STEP;
/** The last samples are mirrored once more behind the end. */
const MIRRORED = 32;
const FRAME = 128;
const HOP = 64;
const FRAMES = 4;
const BINS = 65;
const HIDDEN = 128;
const LAYERS = [
  { from: BINS, to: 128, stride: 1, steps: 4 },
  { from: 128, to: 64, stride: 2, steps: 2 },
  { from: 64, to: 64, stride: 2, steps: 1 },
  { from: 64, to: 128, stride: 1, steps: 1 },
] as const;

type Weights = ReadonlyMap<string, Float32Array>;
type Layer = { weights: Float32Array; bias: Float32Array };

/** The probability of speech in each step of 32 ms. `model` is the published ONNX file. */
export function sileroOf(model: Uint8Array): (samples: Float32Array) => Float32Array {
  const weights = weightsIn(model);
  const named = (name: string) => {
    const found = weights.get(name);
    if (!found) throw new Error(`the model has no ${name}`);
    return found;
  };
  const basis = named("stft.forward_basis_buffer");
  const layers = LAYERS.map(({ from, to }, at): Layer => {
    const given = named(`encoder.${at}.reparam_conv.weight`);
    const turned = new Float32Array(given.length);
    // From output, input, tap to output, tap, input: then a step of the convolution is one dot product.
    for (let o = 0; o < to; o++)
      for (let i = 0; i < from; i++)
        for (let tap = 0; tap < 3; tap++) turned[(o * 3 + tap) * from + i] = given[(o * from + i) * 3 + tap]!;
    return { weights: turned, bias: named(`encoder.${at}.reparam_conv.bias`) };
  });
  const input = named("decoder.rnn.weight_ih");
  const recurrent = named("decoder.rnn.weight_hh");
  const second = named("decoder.rnn.bias_hh");
  const bias = named("decoder.rnn.bias_ih").map((value, i) => value + second[i]!);
  const out = named("decoder.decoder.2.weight");
  const outBias = named("decoder.decoder.2.bias")[0]!;

  return (samples) => {
    const steps = Math.floor(samples.length / STEP);
    const found = new Float32Array(steps);
    const hidden = new Float32Array(HIDDEN);
    const cell = new Float32Array(HIDDEN);
    const window = new Float32Array(INPUT + MIRRORED);
    for (let step = 0; step < steps; step++) {
      const start = step * STEP;
      for (let i = 0; i < INPUT; i++) window[i] = samples[start - CONTEXT + i] ?? 0;
      for (let i = 0; i < MIRRORED; i++) window[INPUT + i] = window[INPUT - 2 - i]!;
      let signal = magnitudes(window, basis);
      for (const [at, { from, to, stride, steps: count }] of LAYERS.entries())
        signal = convolved(signal, layers[at]!, { from, to, stride, steps: count });
      found[step] = decide(signal, hidden, cell);
    }
    return found;
  };

  function decide(signal: Float32Array, hidden: Float32Array, cell: Float32Array): number {
    const gates = new Float32Array(4 * HIDDEN);
    for (let gate = 0; gate < gates.length; gate++) {
      // The signal has a silent step before and after it.
      const heard = dot(input, gate * HIDDEN, signal, HIDDEN, HIDDEN);
      gates[gate] = bias[gate]! + heard + dot(recurrent, gate * HIDDEN, hidden, 0, HIDDEN);
    }
    let sum = outBias;
    for (let i = 0; i < HIDDEN; i++) {
      const [enter, forget] = [sigmoid(gates[i]!), sigmoid(gates[HIDDEN + i]!)];
      const [fresh, leave] = [Math.tanh(gates[2 * HIDDEN + i]!), sigmoid(gates[3 * HIDDEN + i]!)];
      cell[i] = forget * cell[i]! + enter * fresh;
      hidden[i] = leave * Math.tanh(cell[i]!);
      sum += Math.max(0, hidden[i]!) * out[i]!;
    }
    return sigmoid(sum);
  }
}

function dot(one: Float32Array, at: number, other: Float32Array, from: number, length: number): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  let i = 0;
  for (; i + 4 <= length; i += 4) {
    a += one[at + i]! * other[from + i]!;
    b += one[at + i + 1]! * other[from + i + 1]!;
    c += one[at + i + 2]! * other[from + i + 2]!;
    d += one[at + i + 3]! * other[from + i + 3]!;
  }
  for (; i < length; i++) a += one[at + i]! * other[from + i]!;
  return a + b + c + d;
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** Step by step, with a silent step before and after. */
function magnitudes(window: Float32Array, basis: Float32Array): Float32Array {
  const found = new Float32Array((FRAMES + 2) * BINS);
  for (let frame = 0; frame < FRAMES; frame++) {
    for (let bin = 0; bin < BINS; bin++) {
      const re = dot(window, frame * HOP, basis, bin * FRAME, FRAME);
      const im = dot(window, frame * HOP, basis, (bin + BINS) * FRAME, FRAME);
      found[(frame + 1) * BINS + bin] = Math.hypot(re, im);
    }
  }
  return found;
}

type Shape = { from: number; to: number; stride: number; steps: number };

function convolved(signal: Float32Array, { weights, bias }: Layer, { from, to, stride, steps }: Shape): Float32Array {
  const found = new Float32Array((steps + 2) * to);
  const taps = 3 * from;
  for (let step = 0; step < steps; step++) {
    for (let o = 0; o < to; o++) {
      const sum = bias[o]! + dot(signal, step * stride * from, weights, o * taps, taps);
      found[(step + 1) * to + o] = Math.max(0, sum);
    }
  }
  return found;
}

// What is needed of protocol buffers: fields by number, each a number or bytes.
type Field = { number: number; bytes: Uint8Array };

function fieldsOf(message: Uint8Array): Field[] {
  const fields: Field[] = [];
  let at = 0;
  const varint = () => {
    let [value, factor] = [0, 1];
    for (;;) {
      const byte = message[at++]!;
      value += (byte & 127) * factor;
      factor *= 128;
      if (byte < 128) return value;
    }
  };
  while (at < message.length) {
    const tag = varint();
    const kind = tag % 8;
    if (kind === 0) varint();
    else {
      const length = kind === 2 ? varint() : kind === 5 ? 4 : 8;
      fields.push({ number: Math.floor(tag / 8), bytes: message.subarray(at, at + length) });
      at += length;
    }
  }
  return fields;
}

function inside(message: Uint8Array, number: number): Uint8Array[] {
  return fieldsOf(message).flatMap((field) => (field.number === number ? [field.bytes] : []));
}

/** The constants of the branch for 8 kHz, by the end of their names. ModelProto.graph is 7, GraphProto.node 1. */
function weightsIn(model: Uint8Array): Weights {
  const found = new Map<string, Float32Array>();
  const text = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);
  const readGraph = (graph: Uint8Array): void => {
    for (const node of inside(graph, 1)) {
      const [name = ""] = inside(node, 2).map(text);
      for (const attribute of inside(node, 5)) {
        for (const branch of inside(attribute, 6)) readGraph(branch);
        const raw = inside(attribute, 5).flatMap((tensor) => inside(tensor, 9))[0];
        const end = /else_branch__Inline_0__((?:stft|encoder|decoder\.).*)$/.exec(name)?.[1];
        if (raw && end !== undefined) found.set(end, new Float32Array(Uint8Array.from(raw).buffer));
      }
    }
  };
  for (const graph of inside(model, 7)) readGraph(graph);
  return found;
}
