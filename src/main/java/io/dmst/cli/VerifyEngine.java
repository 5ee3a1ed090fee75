package io.dmst.cli;

import io.dmst.checkpoint.ModelConfig;
import io.dmst.checkpoint.Tensor;
import io.dmst.checkpoint.Tensors;
import io.dmst.djl.DjlNetwork;
import io.dmst.djl.Engines;
import io.dmst.inference.session.OnnxProgram;
import io.dmst.onnx.OnnxExport;
import io.dmst.onnx.Provenance;
import java.util.Set;

/** What computes the network for {@code dmst verify}. */
enum VerifyEngine {
    /** The exported graph. */
    ONNXRUNTIME {
        @Override
        Tensors run(ModelConfig config, Tensors weights, Tensor input, Set<String> names) {
            OnnxExport export = new OnnxExport(config, weights.tensors(), Provenance.unknown());
            try (OnnxProgram program = new OnnxProgram(export.verify())) {
                return program.run(input);
            }
        }
    },
    /** The network on live arrays of DJL. */
    PYTORCH {
        @Override
        Tensors run(ModelConfig config, Tensors weights, Tensor input, Set<String> names) {
            try (DjlNetwork network = new DjlNetwork(config, weights, Engines.device("cpu"))) {
                return network.run(input, names);
            }
        }
    };

    /**
     * Runs the network once.
     *
     * @param input FP32 {@code [B, 3, H, W]}, normalised
     * @param names of the outputs and probes wanted
     * @return at least those of them that the network computes
     */
    abstract Tensors run(ModelConfig config, Tensors weights, Tensor input, Set<String> names);
}
