package io.dmst.serve.grpc;

import static io.dmst.serve.grpc.VisionEndpoint.given;

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
import io.dmst.serve.oip.InferAnswer;
import io.dmst.serve.oip.Inference;
import io.dmst.serve.oip.InferenceStatistics;
import io.dmst.serve.oip.Repository;
import io.dmst.serve.oip.ServerFacts;
import io.dmst.serve.predict.Failure;
import io.dmst.serve.predict.FailureException;
import io.dmst.serve.predict.Predictor;
import io.dmst.serve.predict.RequestContext;
import io.grpc.stub.StreamObserver;
import java.time.Duration;

/** The Open Inference Protocol's service. */
class InferenceEndpoint extends GRPCInferenceServiceImplBase {

    private final Inference inference;
    private final Repository repository;
    private final InferenceStatistics statistics;
    private final Streams streams;

    InferenceEndpoint(
            Inference inference,
            Repository repository,
            InferenceStatistics statistics,
            Streams streams) {
        this.streams = streams;
        this.inference = inference;
        this.repository = repository;
        this.statistics = statistics;
    }

    @Override
    public void serverLive(ServerLiveRequest request, StreamObserver<ServerLiveResponse> observer) {
        Answers.unary(
                observer, "live", context -> ServerLiveResponse.newBuilder().setLive(true).build());
    }

    @Override
    public void serverReady(
            ServerReadyRequest request, StreamObserver<ServerReadyResponse> observer) {
        Answers.unary(
                observer,
                "ready",
                context -> ServerReadyResponse.newBuilder().setReady(repository.ready()).build());
    }

    /** A model that is not served is not ready. */
    @Override
    public void modelReady(ModelReadyRequest request, StreamObserver<ModelReadyResponse> observer) {
        Answers.unary(
                observer,
                "model_ready",
                context -> ModelReadyResponse.newBuilder().setReady(ready(request)).build());
    }

    private boolean ready(ModelReadyRequest request) {
        try {
            return repository.ready(request.getName(), given(request.getVersion()));
        } catch (FailureException e) {
            return false;
        }
    }

    @Override
    public void serverMetadata(
            ServerMetadataRequest request, StreamObserver<ServerMetadataResponse> observer) {
        Answers.unary(
                observer,
                "server",
                context ->
                        ServerMetadataResponse.newBuilder()
                                .setName(ServerFacts.NAME)
                                .setVersion(ServerFacts.version())
                                .addAllExtensions(ServerFacts.EXTENSIONS)
                                .build());
    }

    @Override
    public void modelMetadata(
            ModelMetadataRequest request, StreamObserver<ModelMetadataResponse> observer) {
        Answers.unary(
                observer,
                "model",
                context -> {
                    Predictor predictor = find(request.getName(), request.getVersion(), context);
                    return RepositoryMessages.metadata(
                            predictor.model(),
                            repository.versions(predictor.model()),
                            inference.tensors(predictor));
                });
    }

    @Override
    public void modelConfig(
            ModelConfigRequest request, StreamObserver<ModelConfigResponse> observer) {
        Answers.unary(
                observer,
                "model_config",
                context -> {
                    Predictor predictor = find(request.getName(), request.getVersion(), context);
                    return RepositoryMessages.config(
                            predictor.model(), inference.tensors(predictor));
                });
    }

    private Predictor find(String name, String version, RequestContext context) {
        Predictor predictor = repository.model(name, given(version));
        context.recorder().model(predictor.model().name());
        return predictor;
    }

    @Override
    public void modelInfer(ModelInferRequest request, StreamObserver<ModelInferResponse> observer) {
        Answers.unary(observer, "infer", context -> infer(request, context));
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
                    public ModelStreamInferResponse answer(
                            ModelInferRequest message, RequestContext context) {
                        return InferServerCodec.streamed(infer(message, context));
                    }

                    @Override
                    public ModelStreamInferResponse refuse(
                            ModelInferRequest message, Failure failure) {
                        return InferServerCodec.streamed(message, failure);
                    }
                });
    }

    private ModelInferResponse infer(ModelInferRequest request, RequestContext context) {
        Duration allowed = Answers.allowed(context);
        InferAnswer answer =
                inference.infer(
                        request.getModelName(),
                        given(request.getModelVersion()),
                        allowed,
                        context,
                        () -> InferServerCodec.request(request, allowed));
        return InferServerCodec.response(answer, request.getRawInputContentsCount() > 0);
    }

    @Override
    public void modelStatistics(
            ModelStatisticsRequest request, StreamObserver<ModelStatisticsResponse> observer) {
        Answers.unary(
                observer,
                "statistics",
                context ->
                        RepositoryMessages.statistics(
                                statistics.of(
                                        given(request.getName()), given(request.getVersion()))));
    }

    @Override
    public void repositoryIndex(
            RepositoryIndexRequest request, StreamObserver<RepositoryIndexResponse> observer) {
        Answers.unary(
                observer,
                "index",
                context ->
                        RepositoryMessages.index(
                                repository.index(request.getRepositoryName(), request.getReady())));
    }

    @Override
    public void repositoryModelLoad(
            RepositoryModelLoadRequest request,
            StreamObserver<RepositoryModelLoadResponse> observer) {
        Answers.unary(
                observer,
                "load",
                context -> {
                    repository.load(
                            request.getRepositoryName(),
                            request.getModelName(),
                            request.getParametersMap().keySet());
                    return RepositoryModelLoadResponse.getDefaultInstance();
                });
    }

    @Override
    public void repositoryModelUnload(
            RepositoryModelUnloadRequest request,
            StreamObserver<RepositoryModelUnloadResponse> observer) {
        Answers.unary(
                observer,
                "unload",
                context -> {
                    repository.unload(request.getRepositoryName(), request.getModelName());
                    return RepositoryModelUnloadResponse.getDefaultInstance();
                });
    }
}
