package io.dmst.serve.http;

import static io.dmst.serve.predict.FailureCode.INVALID_ARGUMENT;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dmst.serve.predict.Failure;
import io.dmst.serve.predict.FailureException;
import io.dmst.serve.predict.RequestProperties;
import io.dmst.serve.predict.Upload;
import io.dmst.serve.predict.UploadLimits;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamLocation;
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
     * @param signatureName accepted and ignored, as TensorFlow Serving's clients send it
     * @param parameters accepted and ignored
     */
    @Schema(
            name = "Instances",
            description = "Encoded image files, as KServe's protocol V1 has them")
    record Instances(
            @Schema(requiredMode = Schema.RequiredMode.REQUIRED)
                    @JsonProperty(value = "instances", required = true)
                    @Nullable List<@Nullable Instance> instances,
            @Schema(hidden = true) @JsonProperty("signature_name") @Nullable Object signatureName,
            @Schema(hidden = true) @JsonProperty("parameters") @Nullable Object parameters) {}

    /**
     * One image of KServe's protocol V1, in one of three forms.
     *
     * @param b64 its file in Base64
     * @param data the same
     * @param imageBytes an object with the same
     */
    record Instance(
            @Schema(description = "The image's file in Base64", format = "byte")
                    @JsonProperty("b64")
                    @Nullable String b64,
            @Schema(hidden = true) @JsonProperty("data") @Nullable String data,
            @Schema(hidden = true) @JsonProperty("image_bytes") @Nullable Image imageBytes) {

        @Nullable String text() {
            if (b64 != null) {
                return b64;
            }
            return data != null ? data : imageBytes == null ? null : imageBytes.b64();
        }
    }

    /**
     * One image.
     *
     * @param b64 its file in Base64
     */
    record Image(
            @Schema(
                            description =
                                    "The image's file in Base64, also URL-safe, wrapped or as a"
                                            + " data URI",
                            format = "byte",
                            requiredMode = Schema.RequiredMode.REQUIRED)
                    @JsonProperty(value = "b64", required = true)
                    @Nullable String b64) {}

    private static final Pattern DATA_URI = Pattern.compile("data:[^,]{0,200};base64,");

    private final UploadLimits limits;
    private final ObjectReader bodies;
    private final ObjectReader instances;

    JsonImages(RequestProperties request, UploadLimits limits) {
        this.limits = limits;
        int longest = Math.toIntExact(request.maxSize().toBytes());
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
     * The images in their order, at least one.
     *
     * @throws FailureException if the body is not of this form
     */
    List<Upload> images(byte[] body) {
        return read(
                body,
                bodies,
                "images",
                read -> texts(((Body) read).images(), image -> image.b64()));
    }

    /**
     * The instances in their order, at least one.
     *
     * @throws FailureException if the body is not of this form
     */
    List<Upload> instances(byte[] body) {
        return read(
                body,
                instances,
                "instances",
                read -> texts(((Instances) read).instances(), Instance::text));
    }

    private static <T> @Nullable List<Optional<String>> texts(
            @Nullable List<@Nullable T> items, Function<T, @Nullable String> text) {
        return items == null
                ? null
                : items.stream()
                        .map(item -> Optional.ofNullable(item == null ? null : text.apply(item)))
                        .toList();
    }

    private List<Upload> read(
            byte[] body,
            ObjectReader reader,
            String field,
            Function<Object, @Nullable List<Optional<String>>> texts) {
        Object read;
        try {
            read = reader.readValue(body);
        } catch (JacksonException e) {
            throw refused(field, where(e.getLocation()));
        }
        List<Optional<String>> found = read == null ? null : texts.apply(read);
        if (found == null || found.isEmpty()) {
            throw refused(field, "it has no " + field);
        }
        return found.stream().map(this::image).toList();
    }

    private static FailureException refused(String field, String problem) {
        return new FailureException(
                INVALID_ARGUMENT,
                "the body must be JSON like {\"%s\":[{\"b64\":\"…\"}]}, but %s"
                        .formatted(field, problem));
    }

    private static String where(@Nullable TokenStreamLocation location) {
        return location == null || location.getLineNr() < 1
                ? "it is not"
                : "it is not at line %d, column %d"
                        .formatted(location.getLineNr(), location.getColumnNr());
    }

    private Upload image(Optional<String> given) {
        if (given.isEmpty()) {
            return rejected("the image has no b64");
        }
        String text = given.get();
        Matcher uri = DATA_URI.matcher(text);
        String base64 = uri.lookingAt() ? text.substring(uri.end()) : text;
        try {
            return limits.image(Math.max(0, base64.length() / 4 * 3 - 2), () -> decoded(base64));
        } catch (IllegalArgumentException e) {
            return rejected("b64 is not Base64: " + e.getMessage());
        }
    }

    /** Of the standard alphabet or the URL-safe one, with or without line breaks. */
    private static byte[] decoded(String base64) {
        String plain =
                base64.replace('-', '+').replace('_', '/').replace("\r", "").replace("\n", "");
        return Base64.getDecoder().decode(plain);
    }

    private static Upload rejected(String detail) {
        return new Upload.Rejected(new Failure(INVALID_ARGUMENT, detail));
    }
}
