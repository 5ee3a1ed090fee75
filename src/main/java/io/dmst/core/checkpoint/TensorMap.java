package io.dmst.core.checkpoint;

import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * TensorMap by name, as one safetensors file holds them. Immutable.
 *
 * @param source what they were read from, for messages
 * @param tensors by name
 * @param metadata free text by key
 */
public record TensorMap(
        String source, SortedMap<String, Tensor> tensors, Map<String, String> metadata) {

    private static final int NEAR_NAMES = 3;

    public TensorMap {
        tensors = Collections.unmodifiableSortedMap(new TreeMap<>(tensors));
        metadata = Map.copyOf(metadata);
    }

    /**
     * The tensor of a name.
     *
     * @throws CheckpointException if there is none, naming the ones most like it
     */
    public Tensor get(String name) {
        Tensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new CheckpointException(
                    "%s: no tensor '%s' among its %d; the most similar are %s"
                            .formatted(source, name, tensors.size(), near(name)));
        }
        return tensor;
    }

    /**
     * The tensor of a name, which must have a shape.
     *
     * @throws CheckpointException if there is none or its shape is another
     */
    public Tensor get(String name, int... shape) {
        Tensor tensor = get(name);
        List<Integer> expected = Arrays.stream(shape).boxed().toList();
        if (!tensor.shape().equals(expected)) {
            throw new CheckpointException(
                    "%s: tensor '%s' must have the shape %s, not %s"
                            .formatted(source, name, expected, tensor.shape()));
        }
        return tensor;
    }

    /** Whether there is a tensor of a name. */
    public boolean contains(String name) {
        return tensors.containsKey(name);
    }

    /** All names, sorted. */
    public Set<String> names() {
        return tensors.keySet();
    }

    private List<String> near(String name) {
        return tensors.keySet().stream()
                .sorted(Comparator.comparingInt(other -> distance(name, other)))
                .limit(NEAR_NAMES)
                .toList();
    }

    /** Levenshtein's edit distance. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        Arrays.setAll(row, j -> j);
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substitution = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substitution, 1 + Math.min(row[j - 1], row[j]));
            }
        }
        return row[b.length()];
    }
}
