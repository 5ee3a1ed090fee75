package io.dmst.serve.http;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.swagger.v3.core.converter.ModelConverters;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.media.Schema;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Schemas of our records: whatever is not nullable is always there. */
final class RecordSchemas {

    private static final List<Class<? extends Record>> ANSWERS =
            List.of(
                    ClassifyAnswer.class,
                    ClassifyAnswer.Model.class,
                    ClassifyAnswer.Result.class,
                    ClassifyAnswer.Ranked.class,
                    ClassifyAnswer.Rates.class,
                    ClassifyAnswer.Error.class,
                    ExplainAnswer.class,
                    KserveController.Predictions.class,
                    KserveController.Explanations.class,
                    ModelAnswer.class,
                    ModelAnswer.Input.class,
                    ModelAnswer.Card.class,
                    ModelsAnswer.class,
                    ModelsAnswer.Entry.class,
                    Problem.class);

    private RecordSchemas() {}

    /** Adds a record and those that it holds. */
    static void add(OpenAPI api, Class<? extends Record> type) {
        ModelConverters.getInstance(true).readAll(type).forEach(api.getComponents()::addSchemas);
    }

    /** Marks what is always there. */
    static void require(OpenAPI api) {
        for (Class<? extends Record> type : ANSWERS) {
            Schema<?> schema = api.getComponents().getSchemas().get(name(type));
            if (schema == null) {
                throw new IllegalStateException("the contract has no schema " + name(type));
            }
            Arrays.stream(type.getRecordComponents())
                    .filter(c -> !c.getAnnotatedType().isAnnotationPresent(Nullable.class))
                    .forEach(c -> schema.addRequiredItem(name(c)));
        }
    }

    private static String name(Class<?> type) {
        var schema = type.getAnnotation(io.swagger.v3.oas.annotations.media.Schema.class);
        return schema == null || schema.name().isEmpty() ? type.getSimpleName() : schema.name();
    }

    private static String name(RecordComponent component) {
        JsonProperty property = component.getAccessor().getAnnotation(JsonProperty.class);
        return property == null ? component.getName() : property.value();
    }
}
