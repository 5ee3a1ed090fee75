package io.dmst.helm;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.util.Collection;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * Whether Kubernetes would know every field of a manifest: by the types of its client for what is
 * its own, by the projects' schemas for custom resources.
 */
final class Validity {

    private static final SchemaRegistry SCHEMAS =
            SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
    private static final String TYPES = "io.fabric8.";

    private Validity() {}

    /** What is wrong with a manifest. */
    static Stream<String> faults(JsonNode manifest) {
        String title = Release.title(manifest);
        try (InputStream schema =
                Validity.class.getResourceAsStream("/helm/" + Release.kind(manifest) + ".json")) {
            return (schema == null
                            ? unknown("", Release.typed(manifest))
                            : bySchema(SCHEMAS.getSchema(schema), manifest))
                    .map(fault -> title + fault).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<String> bySchema(Schema schema, JsonNode manifest) {
        return schema.validate(manifest).stream()
                .map(error -> error.getInstanceLocation() + ": " + error.getMessage());
    }

    /** The types keep what they do not know apart. */
    static Stream<String> unknown(String path, Object object) {
        return switch (object) {
            case null -> Stream.empty();
            case Collection<?> items -> items.stream().flatMap(item -> unknown(path + "[]", item));
            case Map<?, ?> map ->
                    map.entrySet().stream()
                            .flatMap(entry ->
                                    unknown(path + "." + entry.getKey(), entry.getValue()));
            default ->
                    object.getClass().getName().startsWith(TYPES) && !object.getClass().isEnum()
                            ? fields(object.getClass()).flatMap(field -> field(path, field, object))
                            : Stream.empty();
        };
    }

    private static Stream<Field> fields(Class<?> type) {
        return type == Object.class
                ? Stream.empty()
                : Stream.concat(fields(type.getSuperclass()), Stream.of(type.getDeclaredFields()));
    }

    private static Stream<String> field(String path, Field field, Object object) {
        if (java.lang.reflect.Modifier.isStatic(field.getModifiers())) {
            return Stream.empty();
        }
        try {
            field.setAccessible(true);
            Object value = field.get(object);
            if (field.getName().equals("additionalProperties") && value instanceof Map<?, ?> more) {
                return more.keySet().stream().map(key -> path + "." + key + " is not known");
            }
            return unknown(path + "." + field.getName(), value);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }
}
