package io.dmst.serve.oip;

import java.util.List;
import java.util.Set;

/**
 * An input of a request, as it came.
 *
 * @param name of the tensor
 * @param datatype by its name
 * @param shape with the batch
 * @param parameters the names of those that came
 * @param contents of the tensor
 */
public record InferInput(
        String name, String datatype, List<Long> shape, Set<String> parameters, Contents contents) {

    public InferInput {
        shape = List.copyOf(shape);
        parameters = Set.copyOf(parameters);
    }
}
