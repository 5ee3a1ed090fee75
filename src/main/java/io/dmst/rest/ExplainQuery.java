package io.dmst.rest;

import static io.dmst.inference.FailureCode.INVALID_ARGUMENT;

import io.dmst.explain.Explanation.MapFormat;
import io.dmst.explain.Picture;
import io.dmst.explain.Wanted;
import io.dmst.pipeline.AskedClass;
import io.dmst.pipeline.Checked;
import io.dmst.pipeline.ExplainCall;
import io.dmst.pipeline.Ranking;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a request for an explanation says beside its images; {@link ExplainParameters} documents it.
 *
 * @param options of the explanation itself
 * @param topK classes to answer, at least 1
 * @param maps how JSON has the maps
 * @param picture what a PNG shows
 * @param time that the whole request may take, where it says so
 */
record ExplainQuery(
        ExplainCall.Options options,
        int topK,
        MapFormat maps,
        Picture picture,
        Optional<Duration> time) {

    /** What a request asks for, or why it cannot be. */
    static Checked<ExplainQuery> of(HttpServletRequest request) {
        Checked<Integer> topK = topK(request.getParameter("top_k"));
        Checked<Double> eps2 = epsilonSquared(request.getParameter("epsilon_squared"));
        Checked<MapFormat> maps = maps(request.getParameter("encoding"));
        Checked<Picture> picture =
                ExplainCall.picture(or(request.getParameter("picture"), Picture.SHEET.word()));
        Checked<Optional<Duration>> time =
                RequestTimeout.asked(request.getHeader(RequestTimeout.HEADER));
        return Checked.all(
                () ->
                        Checked.accepted(
                                new ExplainQuery(
                                        options(request, eps2.value()),
                                        topK.value(),
                                        maps.value(),
                                        picture.value(),
                                        time.value())),
                topK,
                eps2,
                maps,
                picture,
                time);
    }

    private static ExplainCall.Options options(HttpServletRequest request, double eps2) {
        return new ExplainCall.Options(
                or(request.getParameter("layers"), "all"),
                or(request.getParameter("groups"), "all"),
                eps2,
                or(request.getParameter("rates"), ExplainCall.Rates.ALL.word()),
                request.getParameter(AskedClass.PARAMETER));
    }

    private static String or(@Nullable String given, String otherwise) {
        return given == null ? otherwise : given;
    }

    private static Checked<Integer> topK(@Nullable String given) {
        if (given == null) {
            return Checked.accepted(Ranking.DEFAULT);
        }
        return given.matches("[1-9]\\d{0,8}")
                ? Checked.accepted(Integer.valueOf(given))
                : Checked.refused(INVALID_ARGUMENT, "top_k must be a whole number of at least 1");
    }

    private static Checked<Double> epsilonSquared(@Nullable String given) {
        double value;
        try {
            value = given == null ? Wanted.EPSILON_SQUARED : Double.parseDouble(given);
        } catch (NumberFormatException e) {
            value = Double.NaN;
        }
        return value > 0 && value < Double.POSITIVE_INFINITY
                ? Checked.accepted(value)
                : Checked.refused(INVALID_ARGUMENT, "epsilon_squared must be a positive number");
    }

    private static Checked<MapFormat> maps(@Nullable String given) {
        return switch (or(given, "json")) {
            case "json" -> Checked.accepted(MapFormat.NUMBERS);
            case "base64" -> Checked.accepted(MapFormat.BASE64);
            default -> Checked.refused(INVALID_ARGUMENT, "encoding must be json or base64");
        };
    }
}
