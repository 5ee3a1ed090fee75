"""Triton's stock client against a running service, over HTTP and gRPC.

usage: stock_clients.py HOST:HTTP_PORT HOST:GRPC_PORT MODEL
"""

import base64
import queue
import struct
import sys

import numpy as np
import tritonclient.grpc as triton_grpc
import tritonclient.http as triton_http
from tritonclient.utils import InferenceServerException

http_url, grpc_url, MODEL = sys.argv[1:4]
http = triton_http.InferenceServerClient(http_url, concurrency=4)
grpc = triton_grpc.InferenceServerClient(grpc_url)
done = 0


def check(what, holds):
    global done
    if not holds:
        raise SystemExit(f"FAILED: {what}")
    done += 1


def refused(what, call):
    try:
        call()
    except InferenceServerException as error:
        check(what, error.message())
        return error.message()
    raise SystemExit(f"FAILED: {what}: was not refused")


def bmp(pixels):
    """An uncompressed file of pixels (h, w, 3), which decodes to exactly them."""
    height, width, _ = pixels.shape
    rows = pixels[::-1, :, ::-1].reshape(height, -1)
    data = np.pad(rows, ((0, 0), (0, -rows.shape[1] % 4))).tobytes()
    return (
        struct.pack("<2sIHHI", b"BM", 54 + len(data), 0, 0, 54)
        + struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, len(data), 2835, 2835, 0, 0)
        + data
    )


def outputs(module, names, binary=True, classes=0):
    options = {"class_count": classes} if classes else {}
    if module is triton_http:
        options["binary_data"] = binary
    return [module.InferRequestedOutput(name, **options) for name in names]


def tensor(module, name, array, datatype, binary=True):
    made = module.InferInput(name, array.shape, datatype)
    if module is triton_http:
        made.set_data_from_numpy(array, binary_data=binary)
    else:
        made.set_data_from_numpy(array)
    return made


metadata = http.get_model_metadata(MODEL)
shapes = {t["name"]: t["shape"] for t in metadata["inputs"] + metadata["outputs"]}
_, H, W, _ = shapes["pixels"]
pixels = np.random.default_rng(7).integers(0, 256, (3, H, W, 3), dtype=np.uint8)
files = np.array([bmp(image) for image in pixels], dtype=np.object_)
texts = np.array([base64.b64encode(f) for f in files], dtype=np.object_)

for client in (http, grpc):
    check("live", client.is_server_live())
    check("ready", client.is_server_ready())
    check("model ready", client.is_model_ready(MODEL))
    check("version ready", client.is_model_ready(MODEL, metadata["versions"][-1]))
    check("an unknown model is not ready", not client.is_model_ready("no-such-model"))
    refused("metadata of an unknown model", lambda: client.get_model_metadata("no-such-model"))
    refused("loading is off", lambda: client.load_model(MODEL))
    refused("unloading is off", lambda: client.unload_model(MODEL))
for facts in (http.get_server_metadata(), grpc.get_server_metadata(as_json=True)):
    check("extensions", {"classification", "binary_tensor_data"} <= set(facts["extensions"]))
check("metadata is the same", grpc.get_model_metadata(MODEL, as_json=True)["name"] == MODEL)
check("config", http.get_model_config(MODEL)["max_batch_size"] == 0)
check("config", grpc.get_model_config(MODEL, as_json=True)["config"]["name"] == MODEL)
check("index", http.get_model_repository_index()[0]["state"] == "READY")
check("index", grpc.get_model_repository_index(as_json=True)["models"][0]["name"] == MODEL)

every = ["probabilities", "logits"] + [n for n in ("membership", "coding_rate") if n in shapes]
every += ["typicality"] if "typicality" in shapes else []
first = None
for module, client in ((triton_http, http), (triton_grpc, grpc)):
    variants = [("image", files, "BYTES", True), ("pixels", pixels, "UINT8", True)]
    if module is triton_http:
        variants += [("image", texts, "BYTES", False), ("pixels", pixels, "UINT8", False)]
    for name, array, datatype, binary in variants:
        for binary_out in (True, False):
            result = client.infer(
                MODEL,
                [tensor(module, name, array, datatype, binary)],
                outputs=outputs(module, every, binary_out),
                request_id="a-request",
            )
            what = f"{module.__name__} {name} binary={binary} output binary={binary_out}"
            found = {n: result.as_numpy(n) for n in every}
            for n, values in found.items():
                check(f"{what}: shape of {n}", list(values.shape) == [3] + shapes[n][1:])
                check(f"{what}: type of {n}", values.dtype == np.float32)
            check(f"{what}: sums", np.allclose(found["probabilities"].sum(1), 1, atol=1e-5))
            if "membership" in found:
                check(f"{what}: shares", np.allclose(found["membership"].sum(2), 1, atol=1e-5))
            first = first or found
            check(f"{what}: same bits", all(np.array_equal(first[n], found[n]) for n in every))
            response = result.get_response()
            given = response["id"] if module is triton_http else response.id
            check(f"{what}: id", given == "a-request")

    one = tensor(module, "image", files[:1], "BYTES")
    usual = client.infer(MODEL, [one])
    check("outputs may be left out", usual.as_numpy("probabilities").shape == (1, shapes["logits"][1]))
    check("explanations only by name", usual.as_numpy("membership") is None)
    ranked = client.infer(
        MODEL, [tensor(module, "pixels", pixels, "UINT8")],
        outputs=outputs(module, ["probabilities"], classes=3),
    ).as_numpy("probabilities")
    check("classification", ranked.shape == (3, 3))
    value, index, label = ranked[0][0].decode().split(":")
    check("the first class is the most probable", int(index) == first["probabilities"][0].argmax())
    check("its value", abs(float(value) - first["probabilities"][0].max()) < 1e-5 and label)
    probe = client.infer(MODEL, [one], outputs=outputs(module, ["tokens.0"])).as_numpy("tokens.0")
    check("a probe by its own name", probe.ndim == 3 and probe.shape[0] == 1)
    check("a timeout in microseconds", client.infer(MODEL, [one], timeout=20_000_000))
    refused("no time left", lambda: client.infer(MODEL, [one], timeout=1))
    refused("an unknown output", lambda: client.infer(MODEL, [one], outputs=outputs(module, ["x"])))
    refused("an unknown version", lambda: client.infer(MODEL, [one], model_version="99"))
    wrong = tensor(module, "pixels", pixels[:, : H - 1], "UINT8")
    check("the shape is told", f"{H}" in refused("a wrong shape", lambda: client.infer(MODEL, [wrong])))
    bad = tensor(module, "image", np.array([b"no image"], dtype=np.object_), "BYTES")
    refused("a file that is no image", lambda: client.infer(MODEL, [bad]))

stats = http.get_inference_statistics(MODEL)["model_stats"][0]
check("statistics", stats["inference_count"] > 20 and stats["inference_stats"]["fail"]["count"] > 4)
same = grpc.get_inference_statistics(MODEL, as_json=True)["model_stats"][0]
check("statistics are one", int(same["inference_count"]) == stats["inference_count"])

for algorithm in ("gzip", "deflate"):
    packed = http.infer(
        MODEL, [tensor(triton_http, "pixels", pixels, "UINT8")],
        request_compression_algorithm=algorithm,
    )
    check(algorithm, np.array_equal(packed.as_numpy("logits"), first["logits"]))

answers = queue.Queue()
grpc.start_stream(callback=lambda result, error: answers.put((result, error)))
for place in range(6):
    grpc.async_stream_infer(
        MODEL, [tensor(triton_grpc, "pixels", pixels[place % 3 : place % 3 + 1], "UINT8")],
        request_id=str(place),
    )
for place in range(6):
    result, error = answers.get(timeout=60)
    check(f"stream: {error}", error is None)
    check("stream: order", result.get_response().id == str(place))
    check("stream: bits", np.allclose(result.as_numpy("logits")[0], first["logits"][place % 3], atol=1e-4))
grpc.stop_stream()

http.close()
grpc.close()
print(f"stock clients: {done} checks hold")
