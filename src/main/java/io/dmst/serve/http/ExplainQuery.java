package io.dmst.serve.http;

import static io.dmst.serve.predict.FailureCode.INVALID_ARGUMENT;

import io.dmst.core.explain.Explanation.MapFormat;
import io.dmst.core.explain.Wanted;
import io.dmst.core.explain.picture.PictureKind;
import io.dmst.serve.predict.ExplainOptions;
import io.dmst.serve.predict.FailureException;
import io.dmst.serve.predict.Ranking;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a request for an explanation says beside its images; {@link ExplainParameters} documents it.
 *
 * @param options of the explanation itself
 * @param topK classes to answer, at least 1
 * @param maps how JSON has the maps
 * @param picture what a PNG shows
 * @param time that the whole request may take, where it states one
 */
record ExplainQuery(
        ExplainOptions options,
        int topK,
        MapFormat maps,
        PictureKind picture,
        @Nullable Duration time) {

    /**
     * The query of a request.
     *
     * @throws FailureException of {@link io.dmst.serve.predict.FailureCode#INVALID_ARGUMENT}
     */
    static ExplainQuery of(HttpServletRequest request) {
        int topK = topK(request.getParameter("top_k"));
        double epsilonSquared = epsilonSquared(request.getParameter("epsilon_squared"));
        return new ExplainQuery(
                new ExplainOptions(
                        or(request.getParameter("layers"), "all"),
                        or(request.getParameter("groups"), "all"),
                        epsilonSquared,
                        or(request.getParameter("rates"), ExplainOptions.Rates.ALL.word()),
                        request.getParameter(ExplainOptions.CLASS)),
                topK,
                maps(request.getParameter("encoding")),
                ExplainOptions.picture(
                        or(request.getParameter("picture"), PictureKind.SHEET.word())),
                RequestTimeout.asked(request.getHeader(RequestTimeout.HEADER)));
    }

    private static String or(@Nullable String given, String otherwise) {
        return given == null ? otherwise : given;
    }

    private static int topK(@Nullable String given) {
        if (given == null) {
            return Ranking.DEFAULT;
        }
        if (!given.matches("[1-9]\\d{0,8}")) {
            throw invalid("top_k must be a whole number of at least 1");
        }
        return Integer.parseInt(given);
    }

    private static double epsilonSquared(@Nullable String given) {
        double value;
        try {
            value = given == null ? Wanted.EPSILON_SQUARED : Double.parseDouble(given);
        } catch (NumberFormatException e) {
            value = Double.NaN;
        }
        if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
            throw invalid("epsilon_squared must be a positive number");
        }
        return value;
    }

    private static MapFormat maps(@Nullable String given) {
        return switch (or(given, "json")) {
            case "json" -> MapFormat.NUMBERS;
            case "base64" -> MapFormat.BASE64;
            default -> throw invalid("encoding must be json or base64");
        };
    }

    private static FailureException invalid(String detail) {
        return new FailureException(INVALID_ARGUMENT, detail);
    }
}
