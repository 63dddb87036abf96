"""Trains the voice net on examples (examples.ts) and writes its weights for scripts/acoustic/voice.c.

/usr/bin/python3 train.py <folder with *.examples> <voice-weights.h> [minutes]     Debian: python3-torch, libopenblas0
"""

import glob
import math
import sys
import time

import numpy
import torch
from torch import nn

FEATURES, CHANNELS, OUTPUTS = 52, 32, 4
# Steps of 20 ms to either side that a sum reaches: what a step is judged by lies within 2.5 s of it.
DILATIONS = (1, 2, 4, 8, 16, 32)
CROP, BATCH = 640, 24


class VoiceNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(FEATURES, CHANNELS)
        self.taps = nn.ParameterList([nn.Parameter(torch.randn(5, CHANNELS) * 0.4) for _ in DILATIONS])
        self.biases = nn.ParameterList([nn.Parameter(torch.zeros(CHANNELS)) for _ in DILATIONS])
        self.mixes = nn.ModuleList([nn.Linear(CHANNELS, CHANNELS) for _ in DILATIONS])
        self.last = nn.Linear(CHANNELS, OUTPUTS)

    def forward(self, x):
        x = torch.relu(self.first(x))
        for dilation, taps, bias, mix in zip(DILATIONS, self.taps, self.biases, self.mixes):
            length = x.shape[1]
            padded = nn.functional.pad(x, (0, 0, 2 * dilation, 2 * dilation))
            near = sum(padded[:, k * dilation : k * dilation + length] * taps[k] for k in range(5))
            x = x + mix(torch.relu(near + bias))
        return self.last(torch.relu(x))


def read(folder):
    examples = []
    for path in sorted(glob.glob(folder + "/*.examples")):
        raw = numpy.fromfile(path, dtype=numpy.uint8)
        at = 0
        while at + 4 <= len(raw):
            steps = int(raw[at : at + 4].view(numpy.uint32)[0])
            end = at + 4 + steps * (FEATURES * 2 + 2)
            if end > len(raw):
                break
            told = raw[at + 4 : at + 4 + steps * FEATURES * 2].view(numpy.float16).reshape(steps, FEATURES)
            labels = raw[at + 4 + steps * FEATURES * 2 : end].reshape(steps, 2)
            examples.append((told, labels))
            at = end
    return examples


def batch_of(examples, random):
    features = numpy.zeros((BATCH, CROP, FEATURES), numpy.float32)
    labels = numpy.zeros((BATCH, CROP, 2), numpy.uint8)
    counts = numpy.zeros((BATCH, CROP, 1), numpy.float32)
    lengths = numpy.array([len(told) for told, _ in examples], float)
    for row, which in enumerate(random.choice(len(examples), BATCH, p=lengths / lengths.sum())):
        told, said = examples[which]
        start = random.integers(0, max(1, len(told) - CROP + 1))
        size = min(CROP, len(told) - start)
        features[row, :size] = told[start : start + size]
        labels[row, :size] = said[start : start + size]
        counts[row, :size] = 1
        # Another level of recording: the level in full scales says little.
        features[row, :size, 47] += random.normal(0, 0.2)
    return torch.from_numpy(features), labels, torch.from_numpy(counts)


def loss_of(net, examples, random):
    features, labels, counts = batch_of(examples, random)
    found = net(features)
    speech = torch.from_numpy((labels & 1).astype(numpy.float32))
    music = torch.from_numpy(((labels & 2) > 0).astype(numpy.float32).max(2))
    each = nn.functional.binary_cross_entropy_with_logits(found[..., :2], speech, reduction="none")
    tones = nn.functional.binary_cross_entropy_with_logits(found[..., 2], music, reduction="none")
    # Music called speech spoils every measure of a conversation.
    each = each * (1 + 2 * music.unsqueeze(2))
    loss = ((each * counts).sum() / 2 + 0.5 * (tones.unsqueeze(2) * counts).sum()) / counts.sum()
    hits = ((found[..., :2] > 0).float() * speech * counts).sum()
    wrong = (((found[..., :2] > 0).float() - speech).abs() * counts).sum()
    return loss, float(2 * hits / (2 * hits + wrong + 1e-9))


def array(name, values):
    flat = values.detach().numpy().astype(numpy.float32).ravel()
    rows = [", ".join(f"{value:.5g}f" for value in flat[at : at + 12]) for at in range(0, len(flat), 12)]
    rows = [row.replace("e", "e") for row in rows]
    # "1f" is no number in C.
    rows = [", ".join(part if any(c in part for c in ".en") else part[:-1] + ".0f" for part in row.split(", ")) for row in rows]
    return f"static const float {name}[] = {{\n  " + ",\n  ".join(rows) + "};\n"


def write(net, path):
    with open(path, "w") as out:
        out.write("/* Written by test/bench/speech/training/train.py. */\n")
        # By input, then output: a step's sums are made for all outputs at once.
        out.write(array("FIRST", net.first.weight.t()) + array("FIRST_BIAS", net.first.bias))
        out.write(array("TAPS", torch.stack(list(net.taps))) + array("TAPS_BIAS", torch.stack(list(net.biases))))
        out.write(array("MIX", torch.stack([mix.weight.t() for mix in net.mixes])))
        out.write(array("MIX_BIAS", torch.stack([mix.bias for mix in net.mixes])))
        out.write(array("LAST", net.last.weight.t()) + array("LAST_BIAS", net.last.bias))


def main(folder, product, minutes):
    torch.manual_seed(1)
    random = numpy.random.default_rng(1)
    examples = read(folder)
    kept = examples[::12]
    used = [one for at, one in enumerate(examples) if at % 12]
    print(f"{len(examples)} channels, {sum(len(told) for told, _ in examples) / 180000:.1f} hours", flush=True)
    net = VoiceNet()
    best = 4e-3
    steering = torch.optim.AdamW(net.parameters(), lr=best, weight_decay=1e-4)
    began, step, shown = time.time(), 0, []
    while (share := (time.time() - began) / (60 * minutes)) < 1:
        for group in steering.param_groups:
            group["lr"] = best * min(1, (step + 1) / 100) * (0.02 + 0.98 * (0.5 + 0.5 * math.cos(math.pi * share)))
        loss, f1 = loss_of(net, used, random)
        steering.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        steering.step()
        step += 1
        shown.append((float(loss), f1))
        if step % 100 == 0:
            with torch.no_grad():
                held = [loss_of(net, kept, numpy.random.default_rng(5 + i)) for i in range(4)]
            means = numpy.mean(shown[-100:], axis=0)
            held_loss = numpy.mean([[float(l), f] for l, f in held], axis=0)
            print(f"{step}: {means[0]:.4f} F1 {means[1]:.4f}; kept out {held_loss[0]:.4f} F1 {held_loss[1]:.4f}", flush=True)
            torch.save(net.state_dict(), folder + "/so-far.pt")
    write(net, product)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]) if len(sys.argv) > 3 else 15)
