package io.dmst.serve.grpc;

import com.google.protobuf.ByteString;
import dmst.v1.ClassifyRequest;
import dmst.v1.ClassifyResponse;
import dmst.v1.ClassifyStreamRequest;
import dmst.v1.ClassifyStreamResponse;
import dmst.v1.ExplainRequest;
import dmst.v1.ExplainResponse;
import dmst.v1.GetModelRequest;
import dmst.v1.GetModelResponse;
import dmst.v1.ListModelsRequest;
import dmst.v1.ListModelsResponse;
import dmst.v1.VisionServiceGrpc;
import io.dmst.core.explain.Wanted;
import io.dmst.core.explain.picture.PictureKind;
import io.dmst.serve.predict.Call;
import io.dmst.serve.predict.Deadline;
import io.dmst.serve.predict.ExplainCall;
import io.dmst.serve.predict.ExplainOptions;
import io.dmst.serve.predict.FailureCode;
import io.dmst.serve.predict.FailureException;
import io.dmst.serve.predict.ImagePipeline;
import io.dmst.serve.predict.Models;
import io.dmst.serve.predict.Outcome;
import io.dmst.serve.predict.Predictor;
import io.dmst.serve.predict.Ranking;
import io.dmst.serve.predict.RequestContext;
import io.dmst.serve.predict.Upload;
import io.dmst.serve.predict.UploadLimits;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code dmst.v1.VisionService}. */
class VisionEndpoint extends VisionServiceGrpc.VisionServiceImplBase {

    private final ImagePipeline pipeline;
    private final Models models;
    private final UploadLimits limits;
    private final Streams streams;

    VisionEndpoint(ImagePipeline pipeline, Models models, UploadLimits limits, Streams streams) {
        this.pipeline = pipeline;
        this.models = models;
        this.limits = limits;
        this.streams = streams;
    }

    /** The text of a field; absent if it is empty, as a field that was not sent. */
    static @Nullable String given(String text) {
        return text.isEmpty() ? null : text;
    }

    /** An image of a message. */
    static Upload upload(UploadLimits limits, ByteString image) {
        return limits.image(image.size(), image::toByteArray);
    }

    @Override
    public void classify(ClassifyRequest request, StreamObserver<ClassifyResponse> observer) {
        Answers.unary(observer, "classify", context -> classify(request, context));
    }

    private ClassifyResponse classify(ClassifyRequest request, RequestContext context) {
        int topK = Ranking.checked(request.hasTopK() ? request.getTopK() : Ranking.DEFAULT);
        Predictor predictor =
                pipeline.predictor(given(request.getModel()), given(request.getVersion()), context);
        Deadline deadline = pipeline.deadline(Answers.allowed(context), context);
        pipeline.admit(predictor, deadline);
        if (request.getImagesCount() == 0) {
            throw new FailureException(
                    FailureCode.INVALID_ARGUMENT,
                    "the request has no images; send at least one encoded file");
        }
        limits.count(request.getImagesCount());
        List<Upload> images =
                request.getImagesList().stream().map(image -> upload(limits, image)).toList();
        List<Outcome> outcomes =
                pipeline.classify(new Call(predictor, Set.of(), deadline, context), images);
        ImagePipeline.throwIfFailedAsAWhole(outcomes);
        ClassifyResponse.Builder response =
                ClassifyResponse.newBuilder().setModel(VisionMessages.identity(predictor.model()));
        outcomes.forEach(outcome ->
                response.addResults(
                        VisionMessages.result(
                                predictor.model(), outcome, topK, request.getCodingRate())));
        return response.build();
    }

    @Override
    public StreamObserver<ClassifyStreamRequest> classifyStream(
            StreamObserver<ClassifyStreamResponse> observer) {
        return streams.open(observer, new ClassifyStream(pipeline, limits));
    }

    @Override
    public void explain(ExplainRequest request, StreamObserver<ExplainResponse> observer) {
        Answers.unary(observer, "explain", context -> explain(request, context));
    }

    private ExplainResponse explain(ExplainRequest request, RequestContext context) {
        int topK = Ranking.checked(request.hasTopK() ? request.getTopK() : Ranking.DEFAULT);
        ExplainRequest.Format format = ExplanationMessages.format(request);
        PictureKind picture = ExplanationMessages.picture(request);
        Predictor predictor =
                pipeline.predictor(given(request.getModel()), given(request.getVersion()), context);
        Wanted wanted = ExplanationMessages.options(request).of(predictor.model());
        if (format == ExplainRequest.Format.FORMAT_PNG) {
            ExplainOptions.checkPicture(picture, predictor.model());
        }
        Deadline deadline = pipeline.deadline(Answers.allowed(context), context);
        pipeline.admit(predictor, deadline);
        return pipeline.explain(
                new ExplainCall(predictor, wanted, deadline, context),
                upload(limits, request.getImage()),
                ExplanationMessages.viewSide(format),
                explained -> ExplanationMessages.response(explained, topK, format, picture));
    }

    @Override
    public void listModels(ListModelsRequest request, StreamObserver<ListModelsResponse> observer) {
        Answers.unary(observer, "models", context -> VisionMessages.models(models));
    }

    @Override
    public void getModel(GetModelRequest request, StreamObserver<GetModelResponse> observer) {
        Answers.unary(observer, "model", context -> model(request, context));
    }

    private GetModelResponse model(GetModelRequest request, RequestContext context) {
        Predictor predictor = models.select(given(request.getModel()), given(request.getVersion()));
        String name = predictor.model().name();
        context.recorder().model(name);
        return VisionMessages.model(predictor.model(), models.versions(name));
    }
}
