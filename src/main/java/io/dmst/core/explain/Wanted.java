package io.dmst.core.explain;

import io.dmst.core.checkpoint.ModelConfig;
import io.dmst.core.math.CodingRate;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Which part of an explanation is asked for.
 *
 * @param layers counted from 0, ascending, at least one
 * @param groups counted from 0, ascending, at least one; only maps are left out by it, sums and
 *     rates are always over all groups
 * @param epsilonSquared allowed squared error per token, positive
 * @param exactRates whether R and R_c are wanted, whose log-determinants are most of the work
 * @param classIndex of the class whose contributions are shown; absent for the predicted one
 */
public record Wanted(
        List<Integer> layers,
        List<Integer> groups,
        double epsilonSquared,
        boolean exactRates,
        @Nullable Integer classIndex) {

    /** ε² unless another one is asked for. */
    public static final double EPSILON_SQUARED = CodingRate.EPSILON_SQUARED;

    public Wanted {
        layers = List.copyOf(layers);
        groups = List.copyOf(groups);
        if (layers.isEmpty() || groups.isEmpty()) {
            throw new IllegalArgumentException("expected at least one layer and one group");
        }
        if (!(epsilonSquared > 0 && epsilonSquared < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "epsilon_squared must be positive and finite, not " + epsilonSquared);
        }
    }

    /** With R and R_c, about the predicted class. */
    public Wanted(List<Integer> layers, List<Integer> groups, double epsilonSquared) {
        this(layers, groups, epsilonSquared, true, null);
    }

    /** The same without R and R_c: what the forward pass has computed anyway. */
    public Wanted withoutExactRates() {
        return new Wanted(layers, groups, epsilonSquared, false, classIndex);
    }

    /** The same about another class than the predicted one. */
    public Wanted withClass(int index) {
        return new Wanted(layers, groups, epsilonSquared, exactRates, index);
    }

    /** Every layer and group of a model, at the usual ε². */
    public static Wanted everything(ModelConfig model) {
        return of(model, "all", "all", EPSILON_SQUARED);
    }

    /**
     * What a user has written.
     *
     * @param layers {@code all}, {@code last} or numbers from 0, such as {@code 0,3}
     * @param groups as the layers
     * @throws IllegalArgumentException for anything else and for what the model does not have,
     *     saying what it has
     */
    public static Wanted of(
            ModelConfig model, String layers, String groups, double epsilonSquared) {
        return new Wanted(
                numbers("layers", layers, model.depth()),
                numbers("groups", groups, model.numHeads()),
                epsilonSquared);
    }

    private static List<Integer> numbers(String what, String text, int count) {
        return switch (text.strip()) {
            case "all" -> IntStream.range(0, count).boxed().toList();
            case "last" -> List.of(count - 1);
            default ->
                    Arrays.stream(text.split(",", -1))
                            .map(part -> number(what, part.strip(), count))
                            .sorted()
                            .distinct()
                            .toList();
        };
    }

    private static int number(String what, String text, int count) {
        if (text.matches("\\d{1,4}") && Integer.parseInt(text) < count) {
            return Integer.parseInt(text);
        }
        throw new IllegalArgumentException(
                "%s must be all, last or numbers from 0 to %d with commas, not '%s'"
                        .formatted(what, count - 1, text));
    }
}
