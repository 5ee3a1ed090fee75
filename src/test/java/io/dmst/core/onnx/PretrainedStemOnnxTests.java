package io.dmst.core.onnx;

import io.dmst.core.checkpoint.ModelConfig;
import io.dmst.core.checkpoint.Tensor;
import io.dmst.core.checkpoint.TensorMap;
import io.dmst.core.model.Network;
import io.dmst.core.model.StemGolden;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import onnx.ModelProto;
import onnx.OperatorSetIdProto;
import onnx.TensorProto.DataType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PretrainedStemOnnxTests {

    @ParameterizedTest
    @ValueSource(strings = {"lite0", "lite2"})
    void theGraphMeetsThePublishedCode(String name) throws Exception {
        StemGolden golden = StemGolden.read(name);
        List<Integer> stages = List.of(5, 7);
        try (Ort session = new Ort(features(golden, golden.config(stages)))) {
            for (String photograph : golden.photographs()) {
                TensorMap found = session.run(golden.pixels(photograph));
                for (int stage : stages) {
                    golden.check(photograph, stage, found.get("stage" + stage).toFloats());
                }
            }
        }
    }

    private static byte[] features(StemGolden golden, ModelConfig config) throws Exception {
        Network network = new Network(config);
        Map<String, Tensor> weights = new TreeMap<>(RandomWeights.of(config));
        golden.weights().tensors().forEach((name, tensor) -> weights.replace(name, tensor));
        Graph graph = new Graph();
        OnnxOps ops = new OnnxOps(graph, Precision.FP32);
        int side = config.imageSize().height();
        OnnxValue pixels =
                graph.input("pixels", DataType.UINT8, Axes.of(Axes.BATCH, side, side, 3), "");
        List<OnnxValue> features =
                network.features(
                        ops,
                        new CheckpointParameters(network, weights).in(graph),
                        network.normalise(ops, pixels));
        for (int i = 0; i < features.size(); i++) {
            graph.output("stage" + config.stemStages().get(i), features.get(i), "");
        }
        return ModelProto.newBuilder()
                .setIrVersion(9)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OnnxOps.OPERATOR_SET))
                .setGraph(graph.finish("stem", "", WeightStore.embedded()))
                .build()
                .toByteArray();
    }
}
