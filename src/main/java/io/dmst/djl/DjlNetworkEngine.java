package io.dmst.djl;

import io.dmst.core.checkpoint.ModelConfig;
import io.dmst.core.checkpoint.Tensor;
import io.dmst.core.checkpoint.TensorMap;
import io.dmst.core.engine.Engine;
import io.dmst.core.engine.ProbeValues;
import io.dmst.core.model.Network;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A model on DJL: the network itself, without an export. */
public final class DjlNetworkEngine implements Engine {

    private final ModelConfig config;
    private final DjlNetwork network;
    private final Set<String> probes;

    /** Takes over the network and closes it with itself. */
    public DjlNetworkEngine(ModelConfig config, DjlNetwork network) {
        this.config = config;
        this.network = network;
        this.probes = Set.copyOf(new Network(config).probes());
    }

    @Override
    public Set<String> probes() {
        return probes;
    }

    @Override
    public List<Map<String, ProbeValues>> run(List<byte[]> pixels, Set<String> wanted) {
        int height = config.imageSize().height();
        int width = config.imageSize().width();
        ByteBuffer batch = ByteBuffer.allocate(pixels.size() * height * width * 3);
        pixels.forEach(batch::put);
        Tensor input = Tensor.ofBytes(batch.array(), pixels.size(), height, width, 3);
        TensorMap outputs = network.classify(input, wanted);
        List<Map<String, ProbeValues>> split = new ArrayList<>();
        for (int image = 0; image < pixels.size(); image++) {
            Map<String, ProbeValues> values = new HashMap<>();
            for (String name : outputs.names()) {
                values.put(name, image(outputs.get(name), image));
            }
            split.add(values);
        }
        return split;
    }

    private static ProbeValues image(Tensor output, int image) {
        List<Integer> shape = output.shape().subList(1, output.rank());
        int size = shape.stream().reduce(1, Math::multiplyExact);
        float[] all = output.toFloats();
        return new ProbeValues(shape, Arrays.copyOfRange(all, image * size, (image + 1) * size));
    }

    @Override
    public void close() {
        network.close();
    }
}
