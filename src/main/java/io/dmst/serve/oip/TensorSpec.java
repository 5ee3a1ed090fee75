package io.dmst.serve.oip;

import java.util.List;

/**
 * A tensor's name and form.
 *
 * @param name of it
 * @param datatype of its elements
 * @param shape with -1 where any size fits; of an answer's tensor, its own
 */
public record TensorSpec(String name, Datatype datatype, List<Long> shape) {

    public TensorSpec {
        shape = List.copyOf(shape);
    }

    @Override
    public String toString() {
        return "%s %s %s".formatted(name, datatype, shape);
    }
}
