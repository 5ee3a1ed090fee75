"""A gateway before a real Triton that runs our exported graph.

usage: foreign_nodes.py DMST    (the launcher, such as bin/dmst)

The Triton is the one that nvidia-pytriton brings along. It has the Python backend alone, so that
the exported repository gets a model.py that runs the exported graph in ONNX Runtime; everything
else of it is read by Triton as it was written.
"""

import contextlib
import ctypes
import json
import os
import pathlib
import re
import shutil
import socket
import struct
import subprocess
import sys
import sysconfig
import tempfile
import time
import urllib.error
import urllib.request

import numpy as np
import onnxruntime
import pytriton
import tritonclient.grpc as triton_grpc
from google.protobuf import text_format
from tritonclient.grpc import model_config_pb2

DMST = sys.argv[1]
MODEL = "dmst-cifar10"
SITE = pathlib.Path(pytriton.__file__).parent.parent
TRITON = SITE / "pytriton" / "tritonserver"
PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"

BACKEND = f"""
import json, os, sys
sys.path.append({str(SITE)!r})
import onnxruntime
import triton_python_backend_utils as pb


class TritonPythonModel:
    def initialize(self, args):
        self.outputs = [o["name"] for o in json.loads(args["model_config"])["output"]]
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        graph = os.path.join(args["model_repository"], args["model_version"], "model.onnx")
        self.session = onnxruntime.InferenceSession(graph, options)

    def execute(self, requests):
        answers = []
        for request in requests:
            pixels = pb.get_input_tensor_by_name(request, "pixels").as_numpy()
            names = [n for n in self.outputs if n in request.requested_output_names()]
            values = self.session.run(names, {{"pixels": pixels}})
            answers.append(pb.InferenceResponse([pb.Tensor(n, v) for n, v in zip(names, values)]))
        return answers
"""

done = 0


def check(what, holds):
    global done
    if not holds:
        raise SystemExit(f"FAILED: {what}")
    done += 1


def skip(why):
    print(f"skipped: {why}")
    sys.exit(0)


def free_port():
    with socket.socket() as s:
        s.bind(("localhost", 0))
        return s.getsockname()[1]


@contextlib.contextmanager
def running(command, log, ready, **more):
    """A process, from when it is ready, or has ended by itself, until it is stopped."""
    with open(log, "w") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, **more)
        try:
            begun = time.monotonic()
            while process.poll() is None and not ready():
                if time.monotonic() - begun > 300:
                    raise SystemExit(f"FAILED: {command[0]} is not ready in time: {log.read_text()[-500:]}")
                time.sleep(1)
            yield process
        finally:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()


def exported(directory, *more):
    """The repository, its configuration as Triton's own message reads it, and its graph."""
    subprocess.run([DMST, "export", "--triton", str(directory), *more], check=True)
    text = (directory / MODEL / "config.pbtxt").read_text()
    config = text_format.Parse(text, model_config_pb2.ModelConfig())
    return config, directory / MODEL / "1" / "model.onnx"


def for_python_backend(directory, config):
    config.backend = "python"
    config.platform = ""
    (directory / MODEL / "config.pbtxt").write_text(text_format.MessageToString(config))
    (directory / MODEL / "1" / "model.py").write_text(BACKEND)


def triton(scratch, repository, grpc_port):
    backends = scratch / "backends"
    if not backends.exists():
        shutil.copytree(TRITON / "backends", backends)
        shutil.copy(TRITON / "python_backend_stubs" / PYTHON / "triton_python_backend_stub", backends / "python")
    client = triton_grpc.InferenceServerClient(f"localhost:{grpc_port}")

    def ready():
        try:
            return client.is_model_ready(MODEL)
        except triton_grpc.InferenceServerException:
            return False

    libraries = f"{SITE / 'nvidia_pytriton.libs'}:{sysconfig.get_config_var('LIBDIR')}"
    command = [
        TRITON / "bin" / "tritonserver",
        f"--model-repository={repository}",
        f"--backend-directory={backends}",
        f"--grpc-port={grpc_port}",
        "--allow-http=false",
        "--allow-metrics=false",
    ]
    environment = {**os.environ, "LD_LIBRARY_PATH": libraries}
    return client, running(command, scratch / "triton.log", ready, env=environment)


def gateway(scratch, grpc_port):
    log = scratch / "gateway.log"
    command = [
        DMST,
        "--server.port=0",
        "--management.server.port=0",
        "--spring.grpc.server.port=0",
        "--dmst.inference.mode=remote",
        f"--dmst.gateway.nodes=localhost:{grpc_port}",
        "--dmst.gateway.keep-alive=0s",
    ]
    return running(command, log, lambda: port(log) and get(port(log), "/v2/health/ready")[0] == 200)


def port(log):
    found = re.search(r"ready: .* on http://localhost:(\d+)", log.read_text())
    return int(found.group(1)) if found else None


def get(at, path, body=None):
    request = urllib.request.Request(f"http://localhost:{at}{path}", data=body, method="POST" if body else "GET")
    request.add_header("Content-Type", "application/octet-stream")
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


def bmp(pixels):
    """An uncompressed file of pixels (h, w, 3), which decodes to exactly them."""
    height, width, _ = pixels.shape
    data = pixels[::-1, :, ::-1].tobytes()
    return (
        struct.pack("<2sIHHI", b"BM", 54 + len(data), 0, 0, 54)
        + struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, len(data), 2835, 2835, 0, 0)
        + data
    )


def probabilities(answer):
    found = {p["index"]: p["probability"] for p in answer["results"][0]["predictions"]}
    return np.array([found[i] for i in range(len(found))], dtype=np.float32)


def main(scratch):
    pixels = np.random.default_rng(3).integers(0, 256, (1, 32, 32, 3), dtype=np.uint8)
    config, graph = exported(scratch / "scoring")
    check("the first dimension is the batch", list(config.input[0].dims) == [32, 32, 3] and config.max_batch_size == 64)
    check("batches are formed", config.HasField("dynamic_batching"))
    labels = {o.name for o in config.output if o.label_filename == "labels.txt"}
    check("classes have names", labels == {"logits", "probabilities"})
    alone = onnxruntime.InferenceSession(graph).run(["logits"], {"pixels": pixels})[0]
    for_python_backend(scratch / "scoring", config)
    grpc_port = free_port()
    client, server = triton(scratch, scratch / "scoring", grpc_port)
    with server as process:
        if process.poll() is not None:
            skip("Triton does not start here: " + (scratch / "triton.log").read_text().strip().splitlines()[-1])
        tensor = triton_grpc.InferInput("pixels", pixels.shape, "UINT8")
        tensor.set_data_from_numpy(pixels)
        direct = client.infer(MODEL, [tensor])
        check("Triton answers our logits", np.allclose(direct.as_numpy("logits"), alone, atol=1e-4))
        top = client.infer(MODEL, [tensor], outputs=[triton_grpc.InferRequestedOutput("probabilities", class_count=1)])
        label = top.as_numpy("probabilities")[0][0].decode().split(":")[2]
        check("Triton knows our labels", label in (scratch / "scoring" / MODEL / "labels.txt").read_text().split())
        with gateway(scratch, grpc_port) as process:
            check("the gateway starts: " + (scratch / "gateway.log").read_text()[-500:], process.poll() is None)
            at = port(scratch / "gateway.log")
            status, answer = get(at, "/v1/classify?top_k=10&coding_rate=true", bmp(pixels[0]))
            check(f"the gateway classifies: {answer}", status == 200)
            check("with Triton's bits", np.array_equal(probabilities(answer), direct.as_numpy("probabilities")[0]))
            rates = np.array(answer["results"][0]["coding_rate"]["compression"], dtype=np.float32)
            check("and its coding rates", np.array_equal(rates, direct.as_numpy("coding_rate")[0]))
            status, refused = get(at, "/v1/explain", bmp(pixels[0]))
            check(f"an explanation is refused: {refused}", status == 400 and "--explain" in refused["detail"])
            check("and the gateway still classifies", get(at, "/v1/classify", bmp(pixels[0]))[0] == 200)
    config, _ = exported(scratch / "explaining", "--explain")
    for_python_backend(scratch / "explaining", config)
    client, server = triton(scratch, scratch / "explaining", grpc_port)
    with server, gateway(scratch, grpc_port) as process:
        check("it starts again: " + (scratch / "gateway.log").read_text()[-2000:], process.poll() is None)
        status, answer = get(port(scratch / "gateway.log"), "/v1/explain", bmp(pixels[0]))
        check(f"with its probes it explains: {str(answer)[:300]}", status == 200)
        check("every layer", len(answer["explanation"]["layers"]) == 4)
    print(f"foreign nodes: {done} checks hold, with Triton of nvidia-pytriton {pytriton.__version__}")


if not (TRITON / "python_backend_stubs" / PYTHON).exists():
    skip(f"nvidia-pytriton has no backend for Python {PYTHON}")
try:
    ctypes.CDLL(f"libpython{PYTHON}.so.1.0")
except OSError:
    if not list(pathlib.Path(sysconfig.get_config_var("LIBDIR")).glob(f"libpython{PYTHON}.so.1.0")):
        skip(f"there is no libpython{PYTHON}.so.1.0")
with tempfile.TemporaryDirectory() as folder:
    main(pathlib.Path(folder))
