package io.dmst.core.onnx;

import io.dmst.core.checkpoint.ModelConfig;
import io.dmst.core.checkpoint.ModelDirectory;
import io.dmst.core.checkpoint.Tensor;
import io.dmst.core.model.AttentionStatistics;
import io.dmst.core.model.Network;
import io.dmst.core.model.Probe;
import io.dmst.core.model.Statistic;
import io.dmst.core.model.Trace;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import onnx.ModelProto;
import onnx.OperatorSetIdProto;
import onnx.StringStringEntryProto;
import onnx.TensorProto.DataType;

/**
 * A model as ONNX files: the network is traced once for each, so that what is served is what was
 * trained.
 *
 * <p>Shapes: B images (any number, {@code batch} in the file), H×W pixels, N tokens, d channels, K
 * groups. Outputs are FP32. The weights are in the file, in the {@link Precision} of their
 * products; batch normalisation is folded into the convolutions. ONNX metadata holds {@code
 * dmst.model.name}, {@code dmst.model.version}, {@code dmst.model.digest}, {@code dmst.config}
 * (JSON), {@code dmst.operator} (source of the equations), {@code dmst.labels} (one a line), and
 * what the provenance adds.
 *
 * <p>Immutable and thread-safe. The same model gives the same bytes.
 */
public final class OnnxExport {

    /** Input of {@link #classify} and {@link #explain}: UINT8 {@code [B, H, W, 3]}, RGB. */
    public static final String PIXELS = "pixels";

    /** Input of {@link #verify}: FP32 {@code [B, 3, H, W]}, normalised. */
    public static final String INPUT = "input";

    /** Class scores {@code [B, classes]}. */
    public static final String LOGITS = "logits";

    /** Softmax of the class scores {@code [B, classes]}; rows sum to 1. */
    public static final String PROBABILITIES = "probabilities";

    /** The one that belongs to operator set 20. */
    private static final int IR_VERSION = 9;

    private final Network network;
    private final CheckpointParameters parameters;
    private final Provenance provenance;
    private final Precision precision;

    /**
     * @param config shape of the network
     * @param weights by name; the counters {@code num_batches_tracked} are ignored
     * @param provenance for the metadata
     * @throws IllegalArgumentException if a tensor is missing, has another shape, or has no place
     *     in the network, naming them
     */
    public OnnxExport(ModelConfig config, Map<String, Tensor> weights, Provenance provenance) {
        this(config, weights, provenance, Precision.FP32);
    }

    private OnnxExport(
            ModelConfig config,
            Map<String, Tensor> weights,
            Provenance provenance,
            Precision precision) {
        this.network = new Network(config);
        this.parameters = new CheckpointParameters(network, weights);
        this.provenance = provenance;
        this.precision = precision;
    }

    /**
     * Of a model directory.
     *
     * @throws IllegalArgumentException as the constructor
     */
    public static OnnxExport of(ModelDirectory model) {
        return of(model, Precision.FP32);
    }

    /**
     * As the other one.
     *
     * @param precision of the large products
     */
    public static OnnxExport of(ModelDirectory model, Precision precision) {
        return new OnnxExport(
                model.config(), model.weights().tensors(), Provenance.of(model), precision);
    }

    /**
     * An ONNX file from {@link #PIXELS} to {@link #LOGITS}, {@link #PROBABILITIES} and, where
     * attention has a membership, every {@link Statistic}.
     */
    public byte[] classify() {
        return new Writing().fromPixels().model("classify");
    }

    /** As {@link #classify} without the statistics: shows what they cost. */
    public byte[] plain() {
        return new Writing().withoutStatistics().fromPixels().model("plain");
    }

    /** As {@link #classify}, and every {@link Probe} as an output, such as {@code membership.3}. */
    public byte[] explain() {
        return new Writing().tracing().fromPixels().model("explain");
    }

    /** As {@link #explain}, from {@link #INPUT}: for comparison with other implementations. */
    public byte[] verify() {
        return new Writing().tracing().fromInput().model("verify");
    }

    /** One trace of the network. */
    private final class Writing {

        private final Graph graph = new Graph();
        private final OnnxOps ops = new OnnxOps(graph, precision);
        private Trace<OnnxValue> trace = Trace.none();
        private boolean withStatistics = true;

        Writing withoutStatistics() {
            withStatistics = false;
            return this;
        }

        Writing tracing() {
            trace =
                    (probe, layer, value) ->
                            graph.output(probe.in(layer), value, Documentation.of(probe, layer));
            return this;
        }

        Writing fromPixels() {
            OnnxValue pixels = pixels();
            graph.enter("normalise");
            return outputs(network.normalise(ops, pixels));
        }

        private OnnxValue pixels() {
            ModelConfig config = network.config();
            int height = config.imageSize().height();
            int width = config.imageSize().width();
            return graph.input(
                    PIXELS,
                    DataType.UINT8,
                    Axes.of(Axes.BATCH, height, width, 3),
                    "RGB pixels, 0 to 255; normalisation is part of the graph");
        }

        private void always(String name, OnnxValue value, OnnxValue pixels, String meaning) {
            graph.output(name, ops.repeatBatch(value, pixels), meaning);
        }

        Writing fromInput() {
            ModelConfig config = network.config();
            int height = config.imageSize().height();
            int width = config.imageSize().width();
            return outputs(
                    graph.input(
                            INPUT,
                            DataType.FLOAT,
                            Axes.of(Axes.BATCH, 3, height, width),
                            "normalised channels R, G, B"));
        }

        private Writing outputs(OnnxValue input) {
            AttentionStatistics<OnnxValue> statistics =
                    new AttentionStatistics<>(ops, network.config(), trace);
            Trace<OnnxValue> traced = withStatistics ? statistics : trace;
            OnnxValue logits = network.logits(ops, parameters.in(graph), input, traced);
            graph.output(LOGITS, logits, "class scores");
            graph.output(PROBABILITIES, ops.softmax(logits, 1), "softmax of the class scores");
            graph.enter("statistics");
            statistics
                    .values()
                    .forEach((statistic, value) ->
                            graph.output(statistic.word(), value, statistic.meaning()));
            return this;
        }

        byte[] model(String purpose) {
            ModelConfig config = network.config();
            String description = Documentation.of(config);
            ModelProto.Builder model =
                    ModelProto.newBuilder()
                            .setIrVersion(IR_VERSION)
                            .setProducerName("DMST Serve")
                            .setProducerVersion(productVersion())
                            .setDomain("io.dmst")
                            .setDocString(description)
                            .addOpsetImport(
                                    OperatorSetIdProto.newBuilder()
                                            .setVersion(OnnxOps.OPERATOR_SET))
                            .setGraph(
                                    graph.finish(
                                            config.name() + "." + purpose,
                                            description,
                                            WeightStore.embedded()));
            metadata(purpose)
                    .forEach((key, value) ->
                            model.addMetadataProps(
                                    StringStringEntryProto.newBuilder()
                                            .setKey(key)
                                            .setValue(value)));
            return model.build().toByteArray();
        }
    }

    private Map<String, String> metadata(String purpose) {
        ModelConfig config = network.config();
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("dmst.model.name", config.name());
        metadata.put("dmst.model.version", config.version());
        metadata.put("dmst.graph", purpose);
        if (precision != Precision.FP32) {
            metadata.put("dmst.precision", precision.name().toLowerCase(Locale.ROOT));
        }
        metadata.put("dmst.operator", Documentation.operator(config.attention()));
        metadata.put("dmst.config", config.json());
        metadata.putAll(provenance.metadata());
        return metadata;
    }

    /** Version of this program; "development" where it is not packed. */
    public static String productVersion() {
        return Optional.ofNullable(OnnxExport.class.getPackage().getImplementationVersion())
                .orElse("development");
    }
}
