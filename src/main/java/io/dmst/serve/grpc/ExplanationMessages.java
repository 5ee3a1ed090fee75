package io.dmst.serve.grpc;

import com.google.protobuf.ByteString;
import dmst.v1.Axes;
import dmst.v1.ClassAttention;
import dmst.v1.Contribution;
import dmst.v1.ExplainRequest;
import dmst.v1.ExplainRequest.Format;
import dmst.v1.ExplainResponse;
import dmst.v1.Explanation;
import dmst.v1.Layer;
import dmst.v1.Map;
import dmst.v1.Memberships;
import io.dmst.core.explain.Wanted;
import io.dmst.core.explain.picture.PictureKind;
import io.dmst.core.explain.picture.PictureRenderer;
import io.dmst.serve.predict.ExplainOptions;
import io.dmst.serve.predict.Explained;
import io.dmst.serve.predict.FailureCode;
import io.dmst.serve.predict.FailureException;

/** Messages of an explanation. */
final class ExplanationMessages {

    private ExplanationMessages() {}

    /** What is asked for of the explanation itself. */
    static ExplainOptions options(ExplainRequest request) {
        ExplainOptions.Rates rates =
                request.getRates() == ExplainRequest.Rates.RATES_VARIATIONAL
                        ? ExplainOptions.Rates.VARIATIONAL
                        : ExplainOptions.Rates.ALL;
        return new ExplainOptions(
                request.getLayers().isEmpty() ? "all" : request.getLayers(),
                request.getGroups().isEmpty() ? "all" : request.getGroups(),
                request.hasEpsilonSquared() ? request.getEpsilonSquared() : Wanted.EPSILON_SQUARED,
                rates.word(),
                VisionEndpoint.given(request.getClassLabel()));
    }

    /**
     * The picture that is asked for.
     *
     * @throws FailureException for an unknown value
     */
    static PictureKind picture(ExplainRequest request) {
        return switch (request.getPicture()) {
            case PICTURE_UNSPECIFIED, PICTURE_SHEET -> PictureKind.SHEET;
            case PICTURE_MAPS -> PictureKind.MAPS;
            case PICTURE_SEGMENTS -> PictureKind.SEGMENTS;
            case PICTURE_RATES -> PictureKind.RATES;
            case PICTURE_CONTRIBUTION -> PictureKind.CONTRIBUTION;
            case UNRECOGNIZED -> throw unknown("picture", request.getPictureValue());
        };
    }

    /**
     * The format that is asked for.
     *
     * @throws FailureException for an unknown value
     */
    static Format format(ExplainRequest request) {
        return switch (request.getFormat()) {
            case FORMAT_UNSPECIFIED, FORMAT_MESSAGE -> Format.FORMAT_MESSAGE;
            case FORMAT_PNG, FORMAT_NPZ -> request.getFormat();
            case UNRECOGNIZED -> throw unknown("format", request.getFormatValue());
        };
    }

    private static FailureException unknown(String field, int value) {
        return new FailureException(
                FailureCode.INVALID_ARGUMENT,
                "%s has no value %d; see ExplainRequest".formatted(field, value));
    }

    /** Side of the image's view that a format needs, in pixels; 0 for none. */
    static int viewSide(Format format) {
        return format == Format.FORMAT_PNG ? PictureRenderer.SIDE : 0;
    }

    static ExplainResponse response(
            Explained explained, int topK, Format format, PictureKind picture) {
        ExplainResponse.Builder response =
                ExplainResponse.newBuilder()
                        .setModel(VisionMessages.identity(explained.model()))
                        .setClassification(
                                VisionMessages.classification(
                                        explained.model(), explained.prediction(), topK));
        return switch (format) {
            case FORMAT_PNG -> response.setPng(ByteString.copyFrom(explained.png(picture))).build();
            case FORMAT_NPZ -> response.setNpz(ByteString.copyFrom(explained.npz())).build();
            case FORMAT_UNSPECIFIED, FORMAT_MESSAGE, UNRECOGNIZED ->
                    response.setExplanation(explanation(explained.explanation())).build();
        };
    }

    private static Explanation explanation(io.dmst.core.explain.Explanation explanation) {
        Explanation.Builder message =
                Explanation.newBuilder()
                        .setGrid(
                                Explanation.Grid.newBuilder()
                                        .setHeight(explanation.grid().height())
                                        .setWidth(explanation.grid().width()))
                        .setGroups(explanation.groups())
                        .addAllShownGroups(explanation.shownGroups())
                        .setEpsilonSquared(explanation.epsilonSquared());
        explanation.layers().forEach(layer -> message.addLayers(layer(layer)));
        explanation
                .classAttention()
                .forEach(block -> message.addClassAttention(classAttention(block)));
        explanation.contribution().ifPresent(split -> message.setContribution(contribution(split)));
        return message.build();
    }

    private static Contribution contribution(io.dmst.core.explain.Explanation.Contribution split) {
        Contribution.Builder message =
                Contribution.newBuilder()
                        .setIndex(split.index())
                        .setLabel(split.label())
                        .setBias(split.bias());
        for (float[] map : split.maps()) {
            message.addMaps(map(map));
        }
        for (float value : split.map()) {
            message.addMap(value);
        }
        for (double sum : split.groups()) {
            message.addGroups(sum);
        }
        return message.build();
    }

    private static Layer layer(io.dmst.core.explain.Explanation.Layer layer) {
        io.dmst.core.explain.Explanation.Rates rates = layer.rates();
        Layer.Builder message = Layer.newBuilder().setLayer(layer.layer()).setBound(rates.bound());
        if (rates.rate() != null) {
            message.setRate(rates.rate());
        }
        if (rates.compression() != null) {
            message.setCompression(rates.compression());
        }
        if (rates.variational() != null) {
            message.setVariational(rates.variational());
        }
        layer.groups().ifPresent(groups -> message.setMemberships(memberships(groups)));
        return message.build();
    }

    private static Memberships memberships(io.dmst.core.explain.Explanation.Groups groups) {
        Memberships.Builder message = Memberships.newBuilder().setEntropy(groups.meanEntropy());
        for (float[] map : groups.membership()) {
            message.addMembership(map(map));
        }
        float[][] views = groups.classView();
        if (views != null) {
            for (float[] map : views) {
                message.addClassView(map(map));
            }
        }
        for (float entropy : groups.entropy()) {
            message.addTokenEntropy(entropy);
        }
        for (int group = 0; group < groups.usage().length; group++) {
            if (groups.classShare() != null) {
                message.addClassShare(groups.classShare()[group]);
            }
            message.addUsage(groups.usage()[group])
                    .addSparsity(groups.sparsity(group))
                    .addAxes(axes(groups.selection()[group]));
        }
        return message.build();
    }

    private static Map map(float[] values) {
        Map.Builder map = Map.newBuilder();
        for (float value : values) {
            map.addValues(value);
        }
        return map.build();
    }

    private static Axes axes(float[] selection) {
        Axes.Builder axes = Axes.newBuilder();
        for (int axis = 0; axis < selection.length; axis++) {
            if (selection[axis] != 0) {
                axes.addKept(axis);
            }
        }
        return axes.build();
    }

    private static ClassAttention classAttention(
            io.dmst.core.explain.Explanation.ClassAttention attention) {
        ClassAttention.Builder message =
                ClassAttention.newBuilder()
                        .setLayer(attention.layer())
                        .setClassToken(attention.classToken());
        for (float value : attention.map()) {
            message.addMap(value);
        }
        return message.build();
    }
}
