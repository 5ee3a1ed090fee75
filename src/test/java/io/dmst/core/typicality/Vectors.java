package io.dmst.core.typicality;

import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Images as vectors, drawn from a family with skewed, correlated components of unlike units. */
final class Vectors {

    static final LayerVector COMPONENTS = new LayerVector(2, 3);
    static final Reference.Origin ORIGIN = new Reference.Origin("sha256:0", "made up");

    private final Random random;

    Vectors(long seed) {
        random = new Random(seed);
    }

    double[] one() {
        double common = random.nextGaussian();
        double[] vector = new double[COMPONENTS.length()];
        for (int i = 0; i < vector.length; i++) {
            double own = Math.exp(0.5 * random.nextGaussian());
            vector[i] = 10 * i + (i + 1) * (own + 0.7 * common);
        }
        return vector;
    }

    List<double[]> many(int count) {
        return Stream.generate(this::one).limit(count).toList();
    }

    static Reference reference(int count) {
        return Fit.of(ORIGIN, COMPONENTS, new Vectors(1).many(count), 1);
    }
}
