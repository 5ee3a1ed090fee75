package io.dmst.core.onnx;

import io.dmst.core.checkpoint.ModelConfig;
import io.dmst.core.checkpoint.Tensor;
import io.dmst.core.model.Network;
import io.dmst.core.model.ParameterSpec;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;

/** Weights that make every part of a network matter. */
public final class RandomWeights {

    private RandomWeights() {}

    /** A tensor for every parameter of a network, the same at every call. */
    public static Map<String, Tensor> of(ModelConfig config) {
        SplittableRandom random = new SplittableRandom(1);
        Map<String, Tensor> weights = new LinkedHashMap<>();
        for (ParameterSpec spec : new Network(config).parameters()) {
            float[] values = new float[spec.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) value(spec, random.nextGaussian(), random.nextDouble());
            }
            weights.put(spec.name(), Tensor.of(values, shape(spec)));
        }
        return weights;
    }

    /** As {@link #of}, but zeros. */
    static Map<String, Tensor> zeros(ModelConfig config) {
        Map<String, Tensor> weights = new LinkedHashMap<>();
        for (ParameterSpec spec : new Network(config).parameters()) {
            weights.put(spec.name(), Tensor.of(new float[spec.size()], shape(spec)));
        }
        return weights;
    }

    private static double value(ParameterSpec spec, double gaussian, double uniform) {
        double fanIn = spec.shape().stream().skip(1).reduce(1, Math::multiplyExact);
        return switch (spec.init()) {
            case TRUNCATED_NORMAL, FAN_IN, UNIT_FAN_IN, TOKEN -> gaussian / Math.sqrt(fanIn);
            case ZEROS, RUNNING_MEAN, FEATURE_MEAN -> 0.3 * gaussian;
            case ONES, RUNNING_VARIANCE, FEATURE_DEVIATION, LAYER_SCALE, MEAN_MAP -> 0.5 + uniform;
            case THRESHOLD -> gaussian - 1;
            case MASK -> gaussian;
        };
    }

    private static int[] shape(ParameterSpec spec) {
        return spec.shape().stream().mapToInt(Integer::intValue).toArray();
    }

    /** Bytes of photographs of noise {@code [images, H, W, 3]}. */
    static Tensor pixels(ModelConfig config, int images) {
        int height = config.imageSize().height();
        int width = config.imageSize().width();
        byte[] bytes = new byte[images * height * width * 3];
        new SplittableRandom(7).nextBytes(bytes);
        return Tensor.ofBytes(bytes, images, height, width, 3);
    }
}
