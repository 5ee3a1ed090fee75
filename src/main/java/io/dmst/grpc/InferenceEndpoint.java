package io.dmst.grpc;

import static io.dmst.grpc.VisionEndpoint.given;

import inference.GRPCInferenceServiceGrpc.GRPCInferenceServiceImplBase;
import inference.ModelConfigRequest;
import inference.ModelConfigResponse;
import inference.ModelInferRequest;
import inference.ModelInferResponse;
import inference.ModelMetadataRequest;
import inference.ModelMetadataResponse;
import inference.ModelReadyRequest;
import inference.ModelReadyResponse;
import inference.ModelStatisticsRequest;
import inference.ModelStatisticsResponse;
import inference.ModelStreamInferResponse;
import inference.RepositoryIndexRequest;
import inference.RepositoryIndexResponse;
import inference.RepositoryModelLoadRequest;
import inference.RepositoryModelLoadResponse;
import inference.RepositoryModelUnloadRequest;
import inference.RepositoryModelUnloadResponse;
import inference.ServerLiveRequest;
import inference.ServerLiveResponse;
import inference.ServerMetadataRequest;
import inference.ServerMetadataResponse;
import inference.ServerReadyRequest;
import inference.ServerReadyResponse;
import io.dmst.inference.Failure;
import io.dmst.oip.Inference;
import io.dmst.oip.Repository;
import io.dmst.oip.ServerFacts;
import io.dmst.oip.Statistics;
import io.dmst.pipeline.Checked;
import io.dmst.pipeline.Exchange;
import io.grpc.stub.StreamObserver;
import org.springframework.stereotype.Service;

/** The Open Inference Protocol's service. */
@Service
class InferenceEndpoint extends GRPCInferenceServiceImplBase {

    private final Inference inference;
    private final Repository repository;
    private final Statistics statistics;
    private final Answers answers;
    private final Streams streams;

    InferenceEndpoint(
            Inference inference,
            Repository repository,
            Statistics statistics,
            Answers answers,
            Streams streams) {
        this.answers = answers;
        this.streams = streams;
        this.inference = inference;
        this.repository = repository;
        this.statistics = statistics;
    }

    @Override
    public void serverLive(ServerLiveRequest request, StreamObserver<ServerLiveResponse> observer) {
        answers.unary(
                observer,
                "live",
                exchange ->
                        Checked.accepted(ServerLiveResponse.newBuilder().setLive(true).build()));
    }

    @Override
    public void serverReady(
            ServerReadyRequest request, StreamObserver<ServerReadyResponse> observer) {
        answers.unary(
                observer,
                "ready",
                exchange ->
                        Checked.accepted(
                                ServerReadyResponse.newBuilder()
                                        .setReady(repository.ready())
                                        .build()));
    }

    /** A model that is not there is not ready. */
    @Override
    public void modelReady(ModelReadyRequest request, StreamObserver<ModelReadyResponse> observer) {
        answers.unary(
                observer,
                "model_ready",
                exchange ->
                        Checked.accepted(
                                ModelReadyResponse.newBuilder()
                                        .setReady(
                                                repository
                                                        .ready(
                                                                request.getName(),
                                                                given(request.getVersion()))
                                                        .equals(Checked.accepted(true)))
                                        .build()));
    }

    @Override
    public void serverMetadata(
            ServerMetadataRequest request, StreamObserver<ServerMetadataResponse> observer) {
        answers.unary(
                observer,
                "server",
                exchange ->
                        Checked.accepted(
                                ServerMetadataResponse.newBuilder()
                                        .setName(ServerFacts.NAME)
                                        .setVersion(ServerFacts.version())
                                        .addAllExtensions(ServerFacts.EXTENSIONS)
                                        .build()));
    }

    @Override
    public void modelMetadata(
            ModelMetadataRequest request, StreamObserver<ModelMetadataResponse> observer) {
        answers.unary(
                observer,
                "model",
                exchange ->
                        repository
                                .model(request.getName(), given(request.getVersion()))
                                .then(predictor -> {
                                    exchange.model(predictor.model().name());
                                    return Checked.accepted(
                                            RepositoryMessages.metadata(
                                                    predictor.model(),
                                                    repository.versions(predictor.model()),
                                                    inference.tensors(predictor)));
                                }));
    }

    @Override
    public void modelConfig(
            ModelConfigRequest request, StreamObserver<ModelConfigResponse> observer) {
        answers.unary(
                observer,
                "model_config",
                exchange ->
                        repository
                                .model(request.getName(), given(request.getVersion()))
                                .then(predictor -> {
                                    exchange.model(predictor.model().name());
                                    return Checked.accepted(
                                            RepositoryMessages.config(
                                                    predictor.model(),
                                                    inference.tensors(predictor)));
                                }));
    }

    @Override
    public void modelInfer(ModelInferRequest request, StreamObserver<ModelInferResponse> observer) {
        answers.unary(observer, "infer", exchange -> infer(request, exchange));
    }

    @Override
    public StreamObserver<ModelInferRequest> modelStreamInfer(
            StreamObserver<ModelStreamInferResponse> observer) {
        return streams.open(
                observer,
                new Streams.Answering<>() {
                    @Override
                    public String operation() {
                        return "stream_infer";
                    }

                    @Override
                    public Checked<ModelStreamInferResponse> answer(
                            ModelInferRequest message, Exchange exchange) {
                        return infer(message, exchange)
                                .then(answer -> Checked.accepted(InferMessages.streamed(answer)));
                    }

                    @Override
                    public ModelStreamInferResponse refuse(
                            ModelInferRequest message, Failure failure) {
                        return InferMessages.streamed(message, failure);
                    }
                });
    }

    private Checked<ModelInferResponse> infer(ModelInferRequest request, Exchange exchange) {
        return inference
                .infer(
                        request.getModelName(),
                        given(request.getModelVersion()),
                        exchange,
                        () -> InferMessages.request(request, Answers.allowed(exchange)))
                .then(answer ->
                        Checked.accepted(
                                InferMessages.response(
                                        answer, request.getRawInputContentsCount() > 0)));
    }

    @Override
    public void modelStatistics(
            ModelStatisticsRequest request, StreamObserver<ModelStatisticsResponse> observer) {
        answers.unary(
                observer,
                "statistics",
                exchange ->
                        statistics
                                .of(given(request.getName()), given(request.getVersion()))
                                .then(found ->
                                        Checked.accepted(RepositoryMessages.statistics(found))));
    }

    @Override
    public void repositoryIndex(
            RepositoryIndexRequest request, StreamObserver<RepositoryIndexResponse> observer) {
        answers.unary(
                observer,
                "index",
                exchange ->
                        repository
                                .index(request.getRepositoryName(), request.getReady())
                                .then(found -> Checked.accepted(RepositoryMessages.index(found))));
    }

    @Override
    public void repositoryModelLoad(
            RepositoryModelLoadRequest request,
            StreamObserver<RepositoryModelLoadResponse> observer) {
        answers.unary(
                observer,
                "load",
                exchange ->
                        repository
                                .load(
                                        request.getRepositoryName(),
                                        request.getModelName(),
                                        request.getParametersMap().keySet())
                                .then(loaded ->
                                        Checked.accepted(
                                                RepositoryModelLoadResponse.getDefaultInstance())));
    }

    @Override
    public void repositoryModelUnload(
            RepositoryModelUnloadRequest request,
            StreamObserver<RepositoryModelUnloadResponse> observer) {
        answers.unary(
                observer,
                "unload",
                exchange ->
                        repository
                                .unload(request.getRepositoryName(), request.getModelName())
                                .then(unloaded ->
                                        Checked.accepted(
                                                RepositoryModelUnloadResponse
                                                        .getDefaultInstance())));
    }
}
