package io.dmst.rest;

import static io.dmst.inference.FailureCode.INVALID_ARGUMENT;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dmst.pipeline.Checked;
import io.dmst.pipeline.PipelineProperties;
import io.swagger.v3.oas.annotations.media.Schema;
import java.io.IOException;
import java.io.InputStream;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
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

/** Reads {@code {"images":[{"b64":"…"}]}}. Safe for use by several threads. */
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
    private final ObjectReader reader;

    JsonImages(PipelineProperties limits) {
        this.limits = limits;
        int longest = Math.toIntExact(limits.maxRequestSize().toBytes());
        reader =
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
                        .build()
                        .readerFor(Body.class);
    }

    /**
     * The images in their order.
     *
     * @throws IOException if the body itself cannot be read
     */
    Checked<List<Checked<byte[]>>> read(InputStream body) throws IOException {
        Body read;
        try {
            read = reader.readValue(body);
        } catch (JacksonIOException e) {
            throw Objects.requireNonNullElseGet(e.getCause(), () -> new IOException(e));
        } catch (JacksonException e) {
            return refused(where(e.getLocation()));
        }
        if (read == null || read.images() == null || read.images().isEmpty()) {
            return refused("it has no images");
        }
        return Checked.accepted(read.images().stream().map(this::image).toList());
    }

    private static <T> Checked<T> refused(String came) {
        return Checked.refused(
                INVALID_ARGUMENT,
                "the body must be JSON like {\"images\":[{\"b64\":\"…\"}]}, but " + came);
    }

    private static String where(@Nullable TokenStreamLocation location) {
        return location == null || location.getLineNr() < 1
                ? "it is not"
                : "it is not at line %d, column %d"
                        .formatted(location.getLineNr(), location.getColumnNr());
    }

    private Checked<byte[]> image(@Nullable Image image) {
        if (image == null || image.b64() == null) {
            return Checked.refused(INVALID_ARGUMENT, "the image has no b64");
        }
        if (image.b64().length() / 4 * 3 > limits.maxImageSize().toBytes() + 2) {
            return ImageUploads.imageTooLarge(limits);
        }
        try {
            return Checked.accepted(Base64.getDecoder().decode(image.b64()));
        } catch (IllegalArgumentException e) {
            return Checked.refused(INVALID_ARGUMENT, "b64 is not Base64: " + e.getMessage());
        }
    }
}
