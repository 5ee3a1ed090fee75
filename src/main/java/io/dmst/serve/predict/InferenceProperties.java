package io.dmst.serve.predict;

import io.dmst.core.onnx.Precision;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Keys {@code dmst.inference.*}.
 *
 * @param mode whether the model runs in this process
 * @param engine that runs it
 * @param device {@code auto}, {@code cpu} or {@code cuda:0}
 * @param precision of the large products; 16 bit pay on a GPU alone
 * @param model directory of a model; absent for the bundled one
 * @param threads of one computation; 0 for as many as are found worthwhile at the start
 * @param workers batches computed at a time
 */
@ConfigurationProperties("dmst.inference")
public record InferenceProperties(
        @DefaultValue("local") Mode mode,
        @DefaultValue("onnxruntime") EngineName engine,
        @DefaultValue("auto") String device,
        @DefaultValue("fp32") Precision precision,
        @Nullable String model,
        @DefaultValue("0") int threads,
        @DefaultValue("1") int workers) {

    /** Where the model runs. */
    public enum Mode {
        /** In this process. */
        LOCAL,
        /** On inference nodes; this process decodes and forwards. */
        REMOTE
    }

    /** What runs the model. */
    public enum EngineName {
        /** The exported graph on ONNX Runtime. */
        ONNXRUNTIME,
        /** The network on live arrays. */
        DJL
    }

    public InferenceProperties {
        if (!device.matches("auto|cpu|cuda:\\d{1,3}")) {
            throw new IllegalArgumentException(
                    "dmst.inference.device must be auto, cpu or cuda:0, not " + device);
        }
        if (precision != Precision.FP32 && engine != EngineName.ONNXRUNTIME) {
            throw new IllegalArgumentException(
                    "dmst.inference.precision must be fp32 with any engine but onnxruntime");
        }
        if (threads < 0 || workers < 1) {
            throw new IllegalArgumentException(
                    "dmst.inference.threads must be at least 0, workers at least 1");
        }
    }
}
