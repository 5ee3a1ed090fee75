package io.dmst.core.model;

import io.dmst.core.checkpoint.StemType;
import io.dmst.core.model.Ops.Window;
import io.dmst.core.model.ParameterSpec.Init;
import java.util.ArrayList;
import java.util.List;

/**
 * The stages of EfficientNet-Lite: a convolution and seven stages of inverted residuals (arXiv
 * 1801.04381, 1905.11946) with ReLU6, without squeeze and excitation. Batch normalisation is part
 * of the weights and biases. The image's sides are multiples of 32.
 *
 * <pre>
 * expand    1×1, C → eC, ReLU6          absent where e = 1
 * depthwise k×k, each channel apart, ReLU6
 * project   1×1, eC → C'                + x where the shape stays
 * </pre>
 */
final class EfficientNet {

    private static final int FIRST_CHANNELS = 32;

    /** Of EfficientNet-B0: stage, kernel, stride, expansion, channels, repeats. */
    private static final int[][] STAGES = {
        {1, 3, 1, 1, 16, 1},
        {2, 3, 2, 6, 24, 2},
        {3, 5, 2, 6, 40, 2},
        {4, 3, 2, 6, 80, 3},
        {5, 5, 1, 6, 112, 3},
        {6, 5, 2, 6, 192, 4},
        {7, 3, 1, 6, 320, 1},
    };

    private final List<Residual> blocks = new ArrayList<>();

    private record Residual(
            int stage, int kernel, int stride, int expansion, int in, int channels) {}

    private EfficientNet(double width, double depth) {
        int in = FIRST_CHANNELS;
        for (int[] s : STAGES) {
            int channels = channels(s[4], width);
            // the lite networks repeat the blocks of the first and the last stage as B0 does
            boolean outer = s[0] == 1 || s[0] == 7;
            int repeats = outer ? s[5] : (int) Math.ceil(depth * s[5]);
            for (int repeat = 0; repeat < repeats; repeat++) {
                blocks.add(new Residual(s[0], s[1], repeat == 0 ? s[2] : 1, s[3], in, channels));
                in = channels;
            }
        }
    }

    /**
     * The network of a stem.
     *
     * @throws IllegalArgumentException if the stem is none of these networks
     */
    static EfficientNet of(StemType stem) {
        return switch (stem) {
            case EFFICIENTNET_LITE0 -> new EfficientNet(1.0, 1.0);
            case EFFICIENTNET_LITE2 -> new EfficientNet(1.1, 1.2);
            case CONVOLUTION, PATCHES ->
                    throw new IllegalArgumentException(stem + " is no EfficientNet");
        };
    }

    /** The multiple of 8 that is nearest to the scaled number, and not less than 0.9 of it. */
    private static int channels(int unscaled, double width) {
        double scaled = unscaled * width;
        int rounded = Math.max(8, (int) (scaled + 4) / 8 * 8);
        return rounded < 0.9 * scaled ? rounded + 8 : rounded;
    }

    /** Channels of the features that a stage ends with. */
    int channels(int stage) {
        return blocks.stream()
                .filter(block -> block.stage() == stage)
                .findFirst()
                .orElseThrow()
                .channels();
    }

    /**
     * What some stages end with.
     *
     * @param stages ascending; the later ones are not computed
     * @param x {@code [B, 3, H, W]}, normalised
     * @return of each stage {@code [B, C, h, w]}
     */
    <T> List<T> features(Scope<T> stem, List<Integer> stages, T x) {
        T y = convolution(stem.in("conv"), x, List.of(3, FIRST_CHANNELS), Window.same(3, 2, false));
        y = stem.ops().relu6(y);
        List<T> found = new ArrayList<>();
        for (int i = 0; i < blocks.size() && found.size() < stages.size(); i++) {
            Residual block = blocks.get(i);
            y = residual(stem.in("blocks", i), block, y);
            boolean ends = i + 1 == blocks.size() || blocks.get(i + 1).stage() > block.stage();
            if (ends && stages.contains(block.stage())) {
                found.add(y);
            }
        }
        return found;
    }

    private static <T> T residual(Scope<T> scope, Residual block, T x) {
        Ops<T> ops = scope.ops();
        int wide = block.in() * block.expansion();
        T y = x;
        if (block.expansion() != 1) {
            y = convolution(scope.in("expand"), y, List.of(block.in(), wide), Window.pixel());
            y = ops.relu6(y);
        }
        Window window = Window.same(block.kernel(), block.stride(), true);
        y = ops.relu6(convolution(scope.in("depthwise"), y, List.of(wide, wide), window));
        y = convolution(scope.in("project"), y, List.of(wide, block.channels()), Window.pixel());
        return block.stride() == 1 && block.in() == block.channels() ? ops.add(x, y) : y;
    }

    private static <T> T convolution(Scope<T> scope, T x, List<Integer> channels, Window window) {
        int in = window.depthwise() ? 1 : channels.getFirst();
        int out = channels.getLast();
        int k = window.kernel();
        return scope.ops()
                .convolution(
                        x,
                        scope.parameter("weight", Init.FAN_IN, out, in, k, k),
                        scope.parameter("bias", Init.ZEROS, out),
                        window);
    }
}
