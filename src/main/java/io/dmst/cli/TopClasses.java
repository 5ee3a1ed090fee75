package io.dmst.cli;

import io.dmst.serve.predict.Prediction;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The most probable classes in one line. */
final class TopClasses {

    private TopClasses() {}

    /** Such as {@code cat 93.1%}, with tabs between. */
    static String of(List<String> labels, Prediction prediction, int count) {
        float[] p = prediction.probabilities();
        return IntStream.range(0, p.length)
                .boxed()
                .sorted(Comparator.<Integer>comparingDouble(i -> p[i]).reversed())
                .limit(count)
                .map(i -> String.format(Locale.ROOT, "%s %.1f%%", labels.get(i), 100 * p[i]))
                .collect(Collectors.joining("\t"));
    }
}
