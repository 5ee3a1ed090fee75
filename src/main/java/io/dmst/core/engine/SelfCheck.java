package io.dmst.core.engine;

import io.dmst.core.model.Probe;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs golden images through an engine, plain and traced, alone and in batches. It passes if
 * everything is finite, probabilities and the rows of memberships sum to one, an image in a batch
 * has the outputs that it has alone, and what is known of the right outputs is met.
 *
 * <p>ONNX Runtime picks its kernels by shape, so a batch may add numbers in another order than an
 * image alone and differ in the last bit; whether it does depends on the network, the threads and
 * the processor, hence it is tried. An engine that must give the same bits and does not is left
 * with batches of one.
 *
 * @param images to run
 * @param largest batch that is wanted
 * @param batchTime longer than which a batch is not to take; what takes {@value #SLOW} times as
 *     long is not tried. Less would not do: what is not tried is never computed together, and a
 *     machine may be much slower at a start than ever after
 * @param sameBits whether batches must give the same bits as images alone
 * @param tolerance of an output, relative to its largest absolute value or to one
 */
public record SelfCheck(
        GoldenImages images, int largest, Duration batchTime, boolean sameBits, double tolerance) {

    private static final Logger log = LoggerFactory.getLogger(SelfCheck.class);
    private static final double SUM = 1e-4;
    private static final int SLOW = 20;
    private static final String MEMBERSHIP = Probe.MEMBERSHIP.word() + ".";

    /**
     * Checks an engine.
     *
     * @return images that a batch may hold, at least 1
     * @throws IllegalStateException saying which output is wrong
     */
    public int run(Engine engine) {
        int plain = run(engine, Set.of());
        Set<String> probes = engine.probes();
        return probes.isEmpty() ? plain : Math.min(plain, run(engine, probes));
    }

    private int run(Engine engine, Set<String> probes) {
        List<Map<String, ProbeValues>> alone = new ArrayList<>();
        long fastest = Long.MAX_VALUE;
        for (byte[] image : images.pixels()) {
            long begun = System.nanoTime();
            alone.add(engine.run(List.of(image), probes).getFirst());
            fastest = Math.min(fastest, System.nanoTime() - begun);
        }
        for (int i = 0; i < alone.size(); i++) {
            sound(alone.get(i));
            right(alone.get(i), i);
        }
        long longest = SLOW * batchTime.toNanos();
        int batch = (int) Math.clamp(longest / Math.max(1, fastest), 1, largest);
        boolean same =
                batch == 1 || (same(engine, probes, alone, 2) & same(engine, probes, alone, batch));
        if (!same) {
            log.info(
                    "batches{} differ from the same images alone in the last bits{}",
                    probes.isEmpty() ? "" : " with probes",
                    sameBits ? ", so images are computed one by one" : "");
        }
        return same || !sameBits ? batch : 1;
    }

    private static void sound(Map<String, ProbeValues> outputs) {
        outputs.forEach((name, output) -> {
            for (float value : output.values()) {
                require(Float.isFinite(value), "%s holds %s", name, value);
            }
            if (name.equals(Engine.PROBABILITIES) || name.startsWith(MEMBERSHIP)) {
                sumsToOne(name, output);
            }
        });
    }

    private static void sumsToOne(String name, ProbeValues output) {
        int row = output.shape().getLast();
        for (int at = 0; at < output.values().length; at += row) {
            double sum = 0;
            for (int i = at; i < at + row; i++) {
                sum += output.values()[i];
            }
            require(Math.abs(sum - 1) <= SUM, "a row of %s sums to %s, not to 1", name, sum);
        }
    }

    private void right(Map<String, ProbeValues> outputs, int image) {
        outputs.forEach((name, output) -> {
            float[] expected = images.expected(name, image);
            if (expected.length > 0) {
                near("golden image " + image + ": " + name, output.values(), expected);
            }
        });
    }

    /** Whether a batch has the bits of its images alone; at least it must have their numbers. */
    private boolean same(
            Engine engine, Set<String> probes, List<Map<String, ProbeValues>> alone, int size) {
        List<byte[]> batch = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            batch.add(images.pixels().get(i % alone.size()));
        }
        List<Map<String, ProbeValues>> together = engine.run(batch, probes);
        boolean same = true;
        for (int i = 0; i < size; i++) {
            for (Map.Entry<String, ProbeValues> output : together.get(i).entrySet()) {
                String name = output.getKey();
                float[] actual = output.getValue().values();
                float[] expected =
                        Objects.requireNonNull(alone.get(i % alone.size()).get(name)).values();
                near(name + " in a batch of " + size, actual, expected);
                same &= Arrays.equals(actual, expected);
            }
        }
        return same;
    }

    private void near(String what, float[] actual, float[] expected) {
        require(actual.length == expected.length, "%s has %d values", what, actual.length);
        double scale = 1;
        double worst = 0;
        for (int i = 0; i < actual.length; i++) {
            scale = Math.max(scale, Math.abs(expected[i]));
            worst = Math.max(worst, Math.abs(actual[i] - expected[i]));
        }
        require(worst <= tolerance * scale, "%s is off by %s, of %s", what, worst, scale);
    }

    private static void require(boolean holds, String form, Object... values) {
        if (!holds) {
            throw new IllegalStateException(
                    "the engine computes this model wrongly: " + form.formatted(values));
        }
    }
}
