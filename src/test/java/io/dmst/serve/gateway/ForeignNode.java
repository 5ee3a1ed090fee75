package io.dmst.serve.gateway;

import com.google.protobuf.ByteString;
import inference.GRPCInferenceServiceGrpc.GRPCInferenceServiceImplBase;
import inference.ModelInferRequest;
import inference.ModelInferRequest.InferRequestedOutputTensor;
import inference.ModelInferResponse;
import inference.ModelInferResponse.InferOutputTensor;
import inference.ModelMetadataRequest;
import inference.ModelMetadataResponse;
import inference.ModelMetadataResponse.TensorMetadata;
import inference.ModelReadyRequest;
import inference.ModelReadyResponse;
import io.dmst.core.checkpoint.Tensor;
import io.dmst.core.checkpoint.TensorMap;
import io.dmst.core.engine.OnnxProgram;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Another server of the Open Inference Protocol with an exported graph, as strict as Triton: it has
 * the outputs that it lists and refuses a request for others.
 */
final class ForeignNode implements AutoCloseable {

    private final OnnxProgram program;
    private final Set<String> outputs;
    private final Server server;

    /**
     * @param outputs of the graph that it gives
     */
    ForeignNode(byte[] graph, Set<String> outputs) throws IOException {
        this.program = new OnnxProgram(graph);
        this.outputs = outputs;
        this.server = NettyServerBuilder.forPort(0).addService(new Service()).build().start();
    }

    int port() {
        return server.getPort();
    }

    private final class Service extends GRPCInferenceServiceImplBase {

        @Override
        public void modelReady(
                ModelReadyRequest request, StreamObserver<ModelReadyResponse> observer) {
            observer.onNext(ModelReadyResponse.newBuilder().setReady(true).build());
            observer.onCompleted();
        }

        @Override
        public void modelMetadata(
                ModelMetadataRequest request, StreamObserver<ModelMetadataResponse> observer) {
            ModelMetadataResponse.Builder answer =
                    ModelMetadataResponse.newBuilder().setName(request.getName());
            outputs.forEach(
                    output -> answer.addOutputs(TensorMetadata.newBuilder().setName(output)));
            observer.onNext(answer.build());
            observer.onCompleted();
        }

        @Override
        public void modelInfer(
                ModelInferRequest request, StreamObserver<ModelInferResponse> observer) {
            List<String> wanted =
                    request.getOutputsList().stream()
                            .map(InferRequestedOutputTensor::getName)
                            .toList();
            Set<String> unknown = new TreeSet<>(wanted);
            unknown.removeAll(outputs);
            if (!unknown.isEmpty()) {
                observer.onError(
                        Status.INVALID_ARGUMENT
                                .withDescription("unexpected inference output " + unknown)
                                .asRuntimeException());
                return;
            }
            observer.onNext(answer(request, wanted));
            observer.onCompleted();
        }

        private ModelInferResponse answer(ModelInferRequest request, List<String> wanted) {
            int[] shape =
                    request.getInputs(0).getShapeList().stream()
                            .mapToInt(Math::toIntExact)
                            .toArray();
            TensorMap computed =
                    program.run(
                            Tensor.ofBytes(request.getRawInputContents(0).toByteArray(), shape));
            ModelInferResponse.Builder answer =
                    ModelInferResponse.newBuilder()
                            .setModelName(request.getModelName())
                            .setModelVersion("1");
            for (String name : wanted) {
                Tensor output = computed.get(name);
                InferOutputTensor.Builder tensor =
                        InferOutputTensor.newBuilder().setName(name).setDatatype("FP32");
                output.shape().forEach(tensor::addShape);
                answer.addOutputs(tensor).addRawOutputContents(ByteString.copyFrom(output.bytes()));
            }
            return answer.build();
        }
    }

    @Override
    public void close() {
        server.shutdownNow();
        program.close();
    }
}
