package io.dmst.rest;

import static io.dmst.inference.FailureCode.INVALID_ARGUMENT;

import io.dmst.explain.Caption;
import io.dmst.explain.Explanation;
import io.dmst.explain.NpzFile;
import io.dmst.explain.Pictures;
import io.dmst.image.PngEncoder;
import io.dmst.image.RgbImage;
import io.dmst.inference.Prediction;
import io.dmst.pipeline.Checked;
import io.dmst.pipeline.Explained;
import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.util.MimeTypeUtils;

/** The formats of an explanation. */
enum ExplanationFormat {
    /** {@link ExplainAnswer}. */
    JSON(MediaType.APPLICATION_JSON, "json"),
    /** One of {@link Picture}. */
    PNG(MediaType.IMAGE_PNG, "png"),
    /** {@link NpzFile}. */
    NPZ(MediaType.parseMediaType(ExplanationFormat.NPZ_TYPE), "npz");

    static final String NPZ_TYPE = "application/x-npz";

    /** What a picture shows. */
    enum Picture {
        /**
         * All maps over the photograph; the one map, large, where one layer and group are named.
         */
        SHEET,
        /** All maps in colours that lead back to the values. */
        MAPS,
        /** The strongest group of every token. */
        SEGMENTS,
        /** Coding rates over the layers. */
        RATES;

        private String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Checked<Picture> named(String name) {
            return Arrays.stream(values())
                    .filter(picture -> picture.word().equals(name))
                    .findFirst()
                    .map(Checked::accepted)
                    .orElseGet(() ->
                            Checked.refused(
                                    INVALID_ARGUMENT,
                                    "picture must be one of "
                                            + Arrays.stream(values())
                                                    .map(Picture::word)
                                                    .collect(Collectors.joining(", "))));
        }
    }

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
        return this == PNG ? Pictures.SIDE : 0;
    }

    /**
     * The format that a request asks for.
     *
     * @param name from the query, stronger than the header Accept
     * @return nothing if the header has none of the formats; a failure for an unknown name
     */
    static Checked<Optional<ExplanationFormat>> asked(
            @Nullable String name, HttpServletRequest request) {
        if (name != null) {
            return Arrays.stream(values())
                    .filter(format -> format.word.equals(name))
                    .findFirst()
                    .map(format -> Checked.accepted(Optional.of(format)))
                    .orElseGet(() ->
                            Checked.refused(INVALID_ARGUMENT, "format must be json, png or npz"));
        }
        List<MediaType> types;
        try {
            types =
                    new ArrayList<>(
                            MediaType.parseMediaTypes(
                                    Collections.list(request.getHeaders(HttpHeaders.ACCEPT))));
        } catch (InvalidMediaTypeException e) {
            return Checked.refused(INVALID_ARGUMENT, "the header Accept is malformed");
        }
        if (types.isEmpty()) {
            return Checked.accepted(Optional.of(JSON));
        }
        MimeTypeUtils.sortBySpecificity(types);
        types.sort(Comparator.comparingDouble(MediaType::getQualityValue).reversed());
        return Checked.accepted(
                types.stream()
                        .flatMap(type ->
                                Arrays.stream(values())
                                        .filter(format -> type.isCompatibleWith(format.type)))
                        .findFirst());
    }

    /**
     * What an answer in this format holds.
     *
     * @throws IllegalArgumentException if the explanation does not have what a picture shows
     */
    Object body(Explained explained, ExplainQuery query) {
        return switch (this) {
            case JSON -> ExplainAnswer.of(explained, query.topK(), query.maps());
            case PNG -> png(explained, query.picture());
            case NPZ -> npz(explained);
        };
    }

    private static byte[] png(Explained explained, Picture picture) {
        Explanation explanation = explained.explanation();
        Pictures pictures =
                new Pictures(
                        explanation,
                        Objects.requireNonNull(explained.view(), "a picture needs a view"),
                        new Caption("the image", best(explained), explained.model().name()));
        return PngEncoder.encode(
                switch (picture) {
                    case SHEET -> sheet(explanation, pictures);
                    case MAPS -> pictures.sheet(1);
                    case SEGMENTS -> pictures.segments();
                    case RATES -> pictures.rates();
                });
    }

    private static RgbImage sheet(Explanation explanation, Pictures pictures) {
        Explanation.Layer first = explanation.layers().getFirst();
        boolean one = explanation.layers().size() == 1 && explanation.shownGroups().size() == 1;
        return one && first.groups().isPresent()
                ? pictures.overlay(first.layer(), explanation.shownGroups().getFirst())
                : pictures.sheet(Pictures.OVER_PHOTOGRAPH);
    }

    private static String best(Explained explained) {
        ClassifyAnswer.Ranked best =
                ClassifyAnswer.Ranked.of(explained.model(), explained.prediction(), 1).getFirst();
        return String.format(Locale.ROOT, "%s %.1f%%", best.label(), 100 * best.probability());
    }

    private static byte[] npz(Explained explained) {
        Prediction prediction = explained.prediction();
        return NpzFile.of(explained.explanation(), prediction.logits(), prediction.probabilities());
    }
}
