package io.dmst.cli;

import com.google.protobuf.TextFormat;
import inference.DataType;
import inference.ModelConfig;
import inference.ModelDynamicBatching;
import inference.ModelInput;
import inference.ModelInstanceGroup;
import inference.ModelInstanceGroup.Kind;
import inference.ModelOutput;
import inference.ModelParameter;
import io.dmst.core.checkpoint.ModelDirectory;
import io.dmst.core.onnx.OnnxExport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * A model in the form of Triton's model repositories: {@code NAME/config.pbtxt}, {@code
 * NAME/labels.txt} and {@code NAME/VERSION/model.onnx}. The first dimension of every tensor is the
 * batch, which Triton forms of the requests that wait, without a delay.
 *
 * @param directory of the repository; its other models and versions stay
 * @param maxBatch images computed together at most
 * @param device where Triton runs the model
 */
record TritonRepository(Path directory, int maxBatch, Device device) {

    private static final String LABELS = "labels.txt";
    private static final Set<String> SCORES = Set.of(OnnxExport.LOGITS, OnnxExport.PROBABILITIES);

    /** Where Triton runs a model. */
    enum Device {
        /** On a GPU where there is one. */
        AUTO,
        /** On the processors. */
        CPU,
        /** On every GPU that Triton has. */
        GPU
    }

    TritonRepository {
        if (maxBatch < 1) {
            throw new IllegalArgumentException("a batch must have at least 1 image: " + maxBatch);
        }
    }

    /** Writes a graph of a model and what Triton must know of it. */
    GraphFile write(ModelDirectory model, byte[] graph) throws IOException {
        Path own = directory.resolve(model.config().name());
        GraphFile file =
                GraphFile.write(
                        model.config(), graph, own.resolve(version(model)).resolve("model.onnx"));
        Files.write(own.resolve(LABELS), model.labels());
        Files.writeString(
                own.resolve("config.pbtxt"),
                TextFormat.printer().printToString(config(model, file.outputs())));
        return file;
    }

    /** Triton's versions are whole numbers; what is none is called 1. */
    private static String version(ModelDirectory model) {
        String version = model.config().version();
        return version.matches("[1-9]\\d{0,8}") ? version : "1";
    }

    private ModelConfig config(ModelDirectory model, List<GraphFile.Output> outputs) {
        ModelConfig.Builder config =
                ModelConfig.newBuilder()
                        .setName(model.config().name())
                        .setPlatform("onnxruntime_onnx")
                        .setBackend("onnxruntime")
                        .setMaxBatchSize(maxBatch)
                        .setDynamicBatching(ModelDynamicBatching.getDefaultInstance())
                        .addInput(
                                ModelInput.newBuilder()
                                        .setName(OnnxExport.PIXELS)
                                        .setDataType(DataType.TYPE_UINT8)
                                        .addDims(model.config().imageSize().height())
                                        .addDims(model.config().imageSize().width())
                                        .addDims(3))
                        .putParameters("dmst.version", parameter(model.config().version()))
                        .putParameters("dmst.digest", parameter(model.digest()));
        outputs.forEach(output -> config.addOutput(output(output)));
        switch (device) {
            case AUTO -> {}
            case CPU -> config.addInstanceGroup(instances(Kind.KIND_CPU));
            case GPU -> config.addInstanceGroup(instances(Kind.KIND_GPU));
        }
        return config.build();
    }

    private static ModelOutput.Builder output(GraphFile.Output output) {
        ModelOutput.Builder message =
                ModelOutput.newBuilder().setName(output.name()).setDataType(DataType.TYPE_FP32);
        output.shape().forEach(message::addDims);
        return SCORES.contains(output.name()) ? message.setLabelFilename(LABELS) : message;
    }

    private static ModelInstanceGroup instances(Kind kind) {
        return ModelInstanceGroup.newBuilder().setCount(1).setKind(kind).build();
    }

    private static ModelParameter parameter(String value) {
        return ModelParameter.newBuilder().setStringValue(value).build();
    }
}
