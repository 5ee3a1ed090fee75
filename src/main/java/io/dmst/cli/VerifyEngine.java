package io.dmst.cli;

import io.dmst.core.checkpoint.ModelConfig;
import io.dmst.core.checkpoint.Tensor;
import io.dmst.core.checkpoint.TensorMap;
import io.dmst.core.engine.OnnxProgram;
import io.dmst.core.onnx.OnnxExport;
import io.dmst.core.onnx.Provenance;
import io.dmst.djl.DjlEngines;
import io.dmst.djl.DjlNetwork;
import java.util.Set;

/** What computes the network for {@code dmst verify}. */
enum VerifyEngine {
    /** The exported graph. */
    ONNXRUNTIME {
        @Override
        TensorMap run(ModelConfig config, TensorMap weights, Tensor input, Set<String> names) {
            OnnxExport export = new OnnxExport(config, weights.tensors(), Provenance.unknown());
            try (OnnxProgram program = new OnnxProgram(export.verify())) {
                return program.run(input);
            }
        }
    },
    /** The network on live arrays of DJL. */
    PYTORCH {
        @Override
        TensorMap run(ModelConfig config, TensorMap weights, Tensor input, Set<String> names) {
            try (DjlNetwork network = new DjlNetwork(config, weights, DjlEngines.device("cpu"))) {
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
    abstract TensorMap run(ModelConfig config, TensorMap weights, Tensor input, Set<String> names);
}
