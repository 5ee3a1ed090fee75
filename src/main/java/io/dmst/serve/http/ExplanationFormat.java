package io.dmst.serve.http;

import static io.dmst.serve.predict.FailureCode.INVALID_ARGUMENT;

import io.dmst.core.explain.picture.PictureRenderer;
import io.dmst.serve.predict.Explained;
import io.dmst.serve.predict.FailureException;
import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.util.MimeTypeUtils;

/** The formats of an explanation. */
enum ExplanationFormat {
    /** {@link ExplainAnswer}. */
    JSON(MediaType.APPLICATION_JSON, "json"),
    /** One of {@link io.dmst.core.explain.picture.PictureKind}. */
    PNG(MediaType.IMAGE_PNG, "png"),
    /** {@link io.dmst.core.explain.NpzFile}. */
    NPZ(MediaType.parseMediaType(ExplanationFormat.NPZ_TYPE), "npz");

    static final String NPZ_TYPE = "application/x-npz";

    private final MediaType type;
    private final String word;

    ExplanationFormat(MediaType type, String word) {
        this.type = type;
        this.word = word;
    }

    MediaType type() {
        return type;
    }

    /** Side of the photograph that is needed for it, in pixels; 0 for none. */
    int viewSide() {
        return this == PNG ? PictureRenderer.SIDE : 0;
    }

    /**
     * The format that a request asks for.
     *
     * @param name from the query, stronger than the header Accept
     * @return nothing if the header has none of the formats
     * @throws FailureException for an unknown name or a malformed header
     */
    static Optional<ExplanationFormat> asked(@Nullable String name, HttpServletRequest request) {
        if (name != null) {
            ExplanationFormat named =
                    Arrays.stream(values())
                            .filter(format -> format.word.equals(name))
                            .findFirst()
                            .orElseThrow(() ->
                                    new FailureException(
                                            INVALID_ARGUMENT, "format must be json, png or npz"));
            return Optional.of(named);
        }
        List<MediaType> types;
        try {
            types =
                    new ArrayList<>(
                            MediaType.parseMediaTypes(
                                    Collections.list(request.getHeaders(HttpHeaders.ACCEPT))));
        } catch (InvalidMediaTypeException e) {
            throw new FailureException(INVALID_ARGUMENT, "the header Accept is malformed");
        }
        if (types.isEmpty()) {
            return Optional.of(JSON);
        }
        MimeTypeUtils.sortBySpecificity(types);
        types.sort(Comparator.comparingDouble(MediaType::getQualityValue).reversed());
        return types.stream()
                .flatMap(type ->
                        Arrays.stream(values())
                                .filter(format -> type.isCompatibleWith(format.type)))
                .findFirst();
    }

    /**
     * What an answer in this format holds.
     *
     * @throws IllegalArgumentException if the explanation does not have what a picture shows
     */
    Object body(Explained explained, ExplainQuery query) {
        return switch (this) {
            case JSON -> ExplainAnswer.of(explained, query.topK(), query.maps());
            case PNG -> explained.png(query.picture());
            case NPZ -> explained.npz();
        };
    }
}
