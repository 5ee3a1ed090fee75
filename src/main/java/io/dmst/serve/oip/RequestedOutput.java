package io.dmst.serve.oip;

import java.util.Set;

/**
 * An output that a request names.
 *
 * @param name of the tensor
 * @param classification how many classes are wanted in the tensor's place; 0 for the tensor itself
 * @param parameters the names of those that came
 */
public record RequestedOutput(String name, long classification, Set<String> parameters) {

    /** Name of the parameter that asks for classes. */
    public static final String CLASSIFICATION = "classification";

    public RequestedOutput {
        parameters = Set.copyOf(parameters);
    }
}
