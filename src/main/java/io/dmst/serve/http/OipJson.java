package io.dmst.serve.http;

import static io.dmst.serve.predict.FailureCode.INVALID_ARGUMENT;

import io.dmst.serve.predict.FailureException;
import io.dmst.serve.predict.RequestProperties;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads the JSON of a request of the Open Inference Protocol as it comes, in whatever order; what
 * is not known is passed over. Safe for use by several threads.
 */
@Component
class OipJson {

    private static final int DEEPEST = 16;
    private static final int LONGEST_NAME = 1_024;
    private static final int MOST_TENSORS = 1_024;

    private final int mostImages;
    private final JsonFactory factory;

    OipJson(RequestProperties limits) {
        mostImages = limits.maxImages();
        factory =
                JsonFactory.builder()
                        .streamReadConstraints(
                                StreamReadConstraints.builder()
                                        .maxStringLength(
                                                Math.toIntExact(limits.maxSize().toBytes()))
                                        .maxNestingDepth(DEEPEST)
                                        .maxNameLength(LONGEST_NAME)
                                        .build())
                        .build();
    }

    /**
     * A request.
     *
     * @param id empty where there is none
     * @param parameters by name; lists and objects are left out
     */
    record Request(
            String id, Map<String, Object> parameters, List<Tensor> inputs, List<Tensor> outputs) {}

    /**
     * An input or an output that is asked for.
     *
     * @param data absent where it is elsewhere
     */
    record Tensor(
            String name,
            String datatype,
            List<Long> shape,
            Map<String, Object> parameters,
            @Nullable OipData data) {}

    /** A text that is JSON but not the protocol's. */
    private static final class Misfit extends RuntimeException {
        Misfit(String expected) {
            super(expected);
        }
    }

    /**
     * Reads a body.
     *
     * @throws FailureException if it is not JSON of the protocol
     */
    Request read(byte[] body, int length) {
        try (JsonParser parser = factory.createParser(ObjectReadContext.empty(), body, 0, length)) {
            return request(parser);
        } catch (Misfit e) {
            throw refused(String.valueOf(e.getMessage()));
        } catch (JacksonException e) {
            TokenStreamLocation where = e.getLocation();
            throw refused(
                    where == null || where.getLineNr() < 1
                            ? "the body is not JSON"
                            : "the body is not JSON at line %d, column %d"
                                    .formatted(where.getLineNr(), where.getColumnNr()));
        }
    }

    private static FailureException refused(String detail) {
        return new FailureException(INVALID_ARGUMENT, detail);
    }

    private Request request(JsonParser parser) {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw new Misfit("the body must be a JSON object with inputs");
        }
        String id = "";
        Map<String, Object> parameters = Map.of();
        List<Tensor> inputs = List.of();
        List<Tensor> outputs = List.of();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String field = parser.currentName();
            parser.nextToken();
            switch (field) {
                case "id" -> id = text(parser, "id");
                case "parameters" -> parameters = parameters(parser);
                case "inputs" -> inputs = tensors(parser, "inputs");
                case "outputs" -> outputs = tensors(parser, "outputs");
                default -> parser.skipChildren();
            }
        }
        if (parser.nextToken() != null) {
            throw new Misfit("something follows the JSON object of the body");
        }
        return new Request(id, parameters, inputs, outputs);
    }

    private static String text(JsonParser parser, String field) {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            throw new Misfit("%s must be a text".formatted(field));
        }
        return parser.getString();
    }

    private static Map<String, Object> parameters(JsonParser parser) {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw new Misfit("parameters must be an object");
        }
        Map<String, Object> parameters = new HashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            switch (parser.nextToken()) {
                case VALUE_STRING, VALUE_NUMBER_FLOAT -> parameters.put(name, parser.getString());
                case VALUE_NUMBER_INT -> parameters.put(name, whole(parser));
                case VALUE_TRUE -> parameters.put(name, true);
                case VALUE_FALSE -> parameters.put(name, false);
                default -> parser.skipChildren();
            }
        }
        return parameters;
    }

    /** A number; too large a one is the largest. */
    private static long whole(JsonParser parser) {
        String digits = parser.getString();
        try {
            return Long.parseLong(digits);
        } catch (NumberFormatException e) {
            return digits.startsWith("-") ? Long.MIN_VALUE : Long.MAX_VALUE;
        }
    }

    private List<Tensor> tensors(JsonParser parser, String field) {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw new Misfit("%s must be a list".formatted(field));
        }
        List<Tensor> tensors = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (parser.currentToken() != JsonToken.START_OBJECT || tensors.size() == MOST_TENSORS) {
                throw new Misfit(
                        "%s must be a list of at most %d objects".formatted(field, MOST_TENSORS));
            }
            tensors.add(tensor(parser, field));
        }
        return tensors;
    }

    private Tensor tensor(JsonParser parser, String field) {
        String name = null;
        String datatype = "";
        List<Long> shape = List.of();
        Map<String, Object> parameters = Map.of();
        OipData data = null;
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String member = parser.currentName();
            parser.nextToken();
            switch (member) {
                case "name" -> name = text(parser, "name of " + field);
                case "datatype" -> datatype = text(parser, "datatype");
                case "shape" -> shape = shape(parser);
                case "parameters" -> parameters = parameters(parser);
                case "data" -> {
                    data = new OipData(mostImages);
                    data.read(parser);
                }
                default -> parser.skipChildren();
            }
        }
        if (name == null) {
            throw new Misfit("each of %s must have a name".formatted(field));
        }
        return new Tensor(name, datatype, shape, parameters, data);
    }

    private static List<Long> shape(JsonParser parser) {
        List<Long> shape = new ArrayList<>();
        boolean list = parser.currentToken() == JsonToken.START_ARRAY;
        while (list && parser.nextToken() != JsonToken.END_ARRAY) {
            if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT || shape.size() == DEEPEST) {
                list = false;
            } else {
                shape.add(whole(parser));
            }
        }
        if (!list) {
            throw new Misfit("shape must be a list of at most %d whole numbers".formatted(DEEPEST));
        }
        return shape;
    }
}
