package io.dmst.serve.http;

import static io.dmst.core.explain.Term.AXES;
import static io.dmst.core.explain.Term.BOUND;
import static io.dmst.core.explain.Term.CLASS_ATTENTION;
import static io.dmst.core.explain.Term.CLASS_SHARE;
import static io.dmst.core.explain.Term.CLASS_TOKEN;
import static io.dmst.core.explain.Term.CLASS_VIEW;
import static io.dmst.core.explain.Term.COMPRESSION;
import static io.dmst.core.explain.Term.CONTRIBUTION;
import static io.dmst.core.explain.Term.CONTRIBUTION_BIAS;
import static io.dmst.core.explain.Term.CONTRIBUTION_CLASS;
import static io.dmst.core.explain.Term.CONTRIBUTION_GROUPS;
import static io.dmst.core.explain.Term.CONTRIBUTION_MAP;
import static io.dmst.core.explain.Term.ENTROPY;
import static io.dmst.core.explain.Term.EPSILON_SQUARED;
import static io.dmst.core.explain.Term.GRID;
import static io.dmst.core.explain.Term.GROUPS;
import static io.dmst.core.explain.Term.LAYER;
import static io.dmst.core.explain.Term.LAYERS;
import static io.dmst.core.explain.Term.MAP;
import static io.dmst.core.explain.Term.MEANING;
import static io.dmst.core.explain.Term.MEMBERSHIP;
import static io.dmst.core.explain.Term.RATE;
import static io.dmst.core.explain.Term.SHOWN_GROUPS;
import static io.dmst.core.explain.Term.SPARSITY;
import static io.dmst.core.explain.Term.TOKEN_ENTROPY;
import static io.dmst.core.explain.Term.UNIT;
import static io.dmst.core.explain.Term.USAGE;
import static io.dmst.core.explain.Term.VARIATIONAL;

import io.dmst.core.explain.Term;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.media.ArraySchema;
import io.swagger.v3.oas.models.media.IntegerSchema;
import io.swagger.v3.oas.models.media.NumberSchema;
import io.swagger.v3.oas.models.media.ObjectSchema;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.media.StringSchema;
import java.util.List;

/** The schema of {@link io.dmst.core.explain.Explanation#tree}, described by its own words. */
final class ExplanationSchema {

    private ExplanationSchema() {}

    /** Adds {@code Explanation} and its parts. */
    static void add(OpenAPI api) {
        Schema<?> layer = new ObjectSchema().description("One block of the network");
        put(layer, LAYER, new IntegerSchema());
        put(layer, MEMBERSHIP, maps());
        put(layer, TOKEN_ENTROPY, map());
        put(layer, ENTROPY, new NumberSchema());
        put(layer, USAGE, numbers());
        put(layer, AXES, new ArraySchema().items(new ArraySchema().items(new IntegerSchema())));
        put(layer, SPARSITY, numbers());
        put(layer, CLASS_VIEW, maps());
        put(layer, CLASS_SHARE, numbers());
        put(layer, RATE, new NumberSchema());
        put(layer, COMPRESSION, new NumberSchema());
        put(layer, VARIATIONAL, new NumberSchema());
        put(layer, BOUND, new NumberSchema());
        layer.required(List.of(LAYER.word(), BOUND.word()));
        Schema<?> block = new ObjectSchema().description("One class-attention block");
        put(block, LAYER, new IntegerSchema());
        put(block, MAP, map());
        put(block, CLASS_TOKEN, new NumberSchema());
        block.required(List.of(LAYER.word(), MAP.word(), CLASS_TOKEN.word()));
        api.getComponents()
                .addSchemas("ExplainedLayer", layer)
                .addSchemas("ClassAttention", block)
                .addSchemas("Explanation", root());
    }

    private static Schema<?> root() {
        Schema<?> root =
                new ObjectSchema()
                        .description("What a forward pass says of itself; `meaning` has the words");
        put(
                root,
                GRID,
                new ObjectSchema()
                        .addProperty("height", new IntegerSchema())
                        .addProperty("width", new IntegerSchema())
                        .required(List.of("height", "width")));
        put(root, GROUPS, new IntegerSchema());
        put(root, SHOWN_GROUPS, new ArraySchema().items(new IntegerSchema()));
        put(root, EPSILON_SQUARED, new NumberSchema());
        put(root, UNIT, new StringSchema());
        put(root, LAYERS, new ArraySchema().items(new Schema<>().$ref("ExplainedLayer")));
        put(root, MEANING, new ObjectSchema().additionalProperties(new StringSchema()));
        root.required(List.copyOf(root.getProperties().keySet()));
        // what one head has and the other has not
        put(root, CLASS_ATTENTION, new ArraySchema().items(new Schema<>().$ref("ClassAttention")));
        put(
                root,
                CONTRIBUTION_CLASS,
                new ObjectSchema()
                        .addProperty("index", new IntegerSchema())
                        .addProperty("label", new StringSchema())
                        .required(List.of("index", "label")));
        put(root, CONTRIBUTION, maps());
        put(root, CONTRIBUTION_MAP, map());
        put(root, CONTRIBUTION_GROUPS, numbers());
        put(root, CONTRIBUTION_BIAS, new NumberSchema());
        return root;
    }

    private static void put(Schema<?> schema, Term term, Schema<?> type) {
        schema.addProperty(term.word(), type.description(term.meaning()));
    }

    private static Schema<?> numbers() {
        return new ArraySchema().items(new NumberSchema());
    }

    private static Schema<?> map() {
        Schema<?> either = new Schema<>();
        either.addOneOfItem(numbers());
        either.addOneOfItem(new StringSchema().format("byte"));
        return either;
    }

    private static Schema<?> maps() {
        return new ArraySchema().items(map());
    }
}
