package io.dmst.rest;

import static io.dmst.inference.FailureCode.INVALID_ARGUMENT;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dmst.pipeline.Checked;
import io.dmst.pipeline.ImageBounds;
import io.dmst.pipeline.PipelineProperties;
import io.dmst.pipeline.Upload;
import io.swagger.v3.oas.annotations.media.Schema;
import java.io.IOException;
import java.io.InputStream;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads {@code {"images":[{"b64":"…"}]}}, and the same with {@code instances} as KServe writes it.
 * Safe for use by several threads.
 */
@Component
class JsonImages {

    /**
     * The body.
     *
     * @param images at least one
     */
    @Schema(name = "Images", description = "Encoded image files")
    record Body(
            @Schema(requiredMode = Schema.RequiredMode.REQUIRED)
                    @JsonProperty(value = "images", required = true)
                    @Nullable List<@Nullable Image> images) {}

    /**
     * The body of KServe's protocol V1.
     *
     * @param instances at least one
     */
    @Schema(
            name = "Instances",
            description = "Encoded image files, as KServe's protocol V1 has them")
    record Instances(
            @Schema(requiredMode = Schema.RequiredMode.REQUIRED)
                    @JsonProperty(value = "instances", required = true)
                    @Nullable List<@Nullable Image> instances) {}

    /**
     * One image.
     *
     * @param b64 its file in Base64
     */
    record Image(
            @Schema(
                            description = "The image's file in Base64",
                            format = "byte",
                            requiredMode = Schema.RequiredMode.REQUIRED)
                    @JsonProperty(value = "b64", required = true)
                    @Nullable String b64) {}

    private final PipelineProperties limits;
    private final ImageBounds bounds;
    private final ObjectReader bodies;
    private final ObjectReader instances;

    JsonImages(PipelineProperties limits, ImageBounds bounds) {
        this.limits = limits;
        this.bounds = bounds;
        int longest = Math.toIntExact(limits.maxRequestSize().toBytes());
        JsonMapper mapper =
                JsonMapper.builder(
                                JsonFactory.builder()
                                        .streamReadConstraints(
                                                StreamReadConstraints.builder()
                                                        .maxStringLength(longest)
                                                        .maxNestingDepth(8)
                                                        .build())
                                        .build())
                        .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                        .build();
        bodies = mapper.readerFor(Body.class);
        instances = mapper.readerFor(Instances.class);
    }

    /**
     * The images in their order.
     *
     * @throws IOException if the body itself cannot be read
     */
    Checked<List<Checked<Upload>>> read(InputStream body) throws IOException {
        return read(body, bodies, "images", read -> ((Body) read).images());
    }

    /**
     * The instances in their order.
     *
     * @throws IOException if the body itself cannot be read
     */
    Checked<List<Checked<Upload>>> readInstances(InputStream body) throws IOException {
        return read(body, instances, "instances", read -> ((Instances) read).instances());
    }

    private Checked<List<Checked<Upload>>> read(
            InputStream body,
            ObjectReader reader,
            String field,
            Function<Object, @Nullable List<@Nullable Image>> images)
            throws IOException {
        Object read;
        try {
            read = reader.readValue(body);
        } catch (JacksonIOException e) {
            throw Objects.requireNonNullElseGet(e.getCause(), () -> new IOException(e));
        } catch (JacksonException e) {
            return refused(field, where(e.getLocation()));
        }
        List<@Nullable Image> found = read == null ? null : images.apply(read);
        return found == null || found.isEmpty()
                ? refused(field, "it has no " + field)
                : Checked.accepted(found.stream().map(this::image).toList());
    }

    private static <T> Checked<T> refused(String field, String came) {
        return Checked.refused(
                INVALID_ARGUMENT,
                "the body must be JSON like {\"%s\":[{\"b64\":\"…\"}]}, but %s"
                        .formatted(field, came));
    }

    private static String where(@Nullable TokenStreamLocation location) {
        return location == null || location.getLineNr() < 1
                ? "it is not"
                : "it is not at line %d, column %d"
                        .formatted(location.getLineNr(), location.getColumnNr());
    }

    private Checked<Upload> image(@Nullable Image image) {
        if (image == null || image.b64() == null) {
            return Checked.refused(INVALID_ARGUMENT, "the image has no b64");
        }
        if (image.b64().length() / 4 * 3 > limits.maxImageSize().toBytes() + 2) {
            return bounds.tooLarge();
        }
        try {
            return Checked.accepted(Upload.of(Base64.getDecoder().decode(image.b64())));
        } catch (IllegalArgumentException e) {
            return Checked.refused(INVALID_ARGUMENT, "b64 is not Base64: " + e.getMessage());
        }
    }
}
