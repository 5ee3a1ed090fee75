package io.dmst.grpc;

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
import io.dmst.explain.Picture;
import io.dmst.explain.Wanted;
import io.dmst.inference.Deadline;
import io.dmst.inference.Failure;
import io.dmst.inference.Models;
import io.dmst.inference.Outcome;
import io.dmst.inference.Predictor;
import io.dmst.inference.ServedModel;
import io.dmst.pipeline.Call;
import io.dmst.pipeline.Checked;
import io.dmst.pipeline.Exchange;
import io.dmst.pipeline.ExplainCall;
import io.dmst.pipeline.Explaining;
import io.dmst.pipeline.Pipeline;
import io.dmst.pipeline.Ranking;
import io.dmst.pipeline.Upload;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/** {@code dmst.v1.VisionService}. */
@Service
class VisionEndpoint extends VisionServiceGrpc.VisionServiceImplBase {

    private final Pipeline pipeline;
    private final Models models;
    private final Explaining explaining;
    private final Uploads uploads;
    private final Answers answers;
    private final Streams streams;

    VisionEndpoint(
            Pipeline pipeline,
            Explaining explaining,
            Models models,
            Uploads uploads,
            Answers answers,
            Streams streams) {
        this.answers = answers;
        this.streams = streams;
        this.pipeline = pipeline;
        this.explaining = explaining;
        this.models = models;
        this.uploads = uploads;
    }

    /** What a message says, where it says it; text that is empty was not sent. */
    static @Nullable String given(String text) {
        return text.isEmpty() ? null : text;
    }

    /** Several images take too long to begin for a connection's thread. */
    @Override
    public void classify(ClassifyRequest request, StreamObserver<ClassifyResponse> observer) {
        answers.promised(
                observer,
                Admission.CLASSIFY,
                request.getImagesCount() <= 1,
                (exchange, connection) -> classify(request, exchange, connection));
    }

    private CompletableFuture<Checked<ClassifyResponse>> classify(
            ClassifyRequest request, Exchange exchange, Executor connection) {
        Deadline deadline = pipeline.deadline(Answers.allowed(exchange), exchange);
        Checked<Integer> topK =
                Ranking.checked(request.hasTopK() ? request.getTopK() : Ranking.DEFAULT);
        Checked<Predictor> predictor =
                pipeline.predictor(
                        given(request.getModel()), given(request.getVersion()), exchange);
        boolean rates = request.getCodingRate(); // the message itself need not wait for the answer
        Checked<List<Checked<Upload>>> images =
                Checked.all(
                        () ->
                                pipeline.admitting(predictor.value(), deadline)
                                        .then(admitting ->
                                                uploads.all(request.getImagesList(), exchange)),
                        topK,
                        predictor);
        return switch (images) {
            case Checked.Refused<List<Checked<Upload>>>(Failure failure) ->
                    CompletableFuture.completedFuture(new Checked.Refused<>(failure));
            case Checked.Accepted<List<Checked<Upload>>>(List<Checked<Upload>> files) ->
                    pipeline.files(
                            new Call(predictor.value(), Set.of(), deadline, exchange),
                            files,
                            outcomes ->
                                    answer(
                                            predictor.value().model(),
                                            outcomes,
                                            topK.value(),
                                            rates),
                            connection);
        };
    }

    private static Checked<ClassifyResponse> answer(
            ServedModel model, List<Outcome> outcomes, int topK, boolean rates) {
        return Pipeline.failedAsAWhole(outcomes)
                .<Checked<ClassifyResponse>>map(Checked.Refused::new)
                .orElseGet(() ->
                        Checked.accepted(
                                ClassifyResponse.newBuilder()
                                        .setModel(VisionMessages.identity(model))
                                        .addAllResults(
                                                outcomes.stream()
                                                        .map(outcome ->
                                                                VisionMessages.result(
                                                                        model, outcome, topK,
                                                                        rates))
                                                        .toList())
                                        .build()));
    }

    @Override
    public StreamObserver<ClassifyStreamRequest> classifyStream(
            StreamObserver<ClassifyStreamResponse> observer) {
        return streams.open(observer, new ClassifyStream(pipeline, uploads));
    }

    @Override
    public void explain(ExplainRequest request, StreamObserver<ExplainResponse> observer) {
        answers.unary(observer, Admission.EXPLAIN, exchange -> explain(request, exchange));
    }

    private Checked<ExplainResponse> explain(ExplainRequest request, Exchange exchange) {
        Deadline deadline = pipeline.deadline(Answers.allowed(exchange), exchange);
        Checked<Integer> topK =
                Ranking.checked(request.hasTopK() ? request.getTopK() : Ranking.DEFAULT);
        Checked<ExplainRequest.Format> format = ExplanationMessages.format(request);
        Checked<Picture> picture = ExplanationMessages.picture(request);
        Checked<Predictor> predictor =
                pipeline.predictor(
                        given(request.getModel()), given(request.getVersion()), exchange);
        return Checked.all(
                () ->
                        wanted(request, picture.value(), predictor.value())
                                .then(wanted ->
                                        explaining.explain(
                                                new ExplainCall(
                                                        predictor.value(),
                                                        wanted,
                                                        deadline,
                                                        exchange),
                                                uploads.one(request.getImage(), exchange),
                                                ExplanationMessages.viewSide(format.value()),
                                                explained ->
                                                        ExplanationMessages.response(
                                                                explained,
                                                                topK.value(),
                                                                format.value(),
                                                                picture.value()))),
                topK,
                format,
                picture,
                predictor);
    }

    private static Checked<Wanted> wanted(
            ExplainRequest request, Picture picture, Predictor predictor) {
        return ExplanationMessages.options(request)
                .of(predictor)
                .then(wanted ->
                        request.getFormat() == ExplainRequest.Format.FORMAT_PNG
                                ? ExplainCall.shown(picture, wanted, predictor)
                                : Checked.accepted(wanted));
    }

    @Override
    public void listModels(ListModelsRequest request, StreamObserver<ListModelsResponse> observer) {
        answers.unary(
                observer, "models", exchange -> Checked.accepted(VisionMessages.models(models)));
    }

    @Override
    public void getModel(GetModelRequest request, StreamObserver<GetModelResponse> observer) {
        answers.unary(observer, "model", exchange -> model(request, exchange));
    }

    private Checked<GetModelResponse> model(GetModelRequest request, Exchange exchange) {
        return switch (models.select(given(request.getModel()), given(request.getVersion()))) {
            case Failure failure -> new Checked.Refused<>(failure);
            case Models.Chosen(Predictor predictor) -> {
                String name = predictor.model().name();
                exchange.model(name);
                yield Checked.accepted(
                        VisionMessages.model(predictor.model(), models.versions(name)));
            }
        };
    }
}
