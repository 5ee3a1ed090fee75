package io.dmst.serve.oip.conformance;

import static io.dmst.serve.oip.conformance.Requests.output;
import static io.dmst.serve.oip.conformance.Requests.parameter;
import static io.dmst.serve.oip.conformance.Requests.raw;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import inference.ModelConfig;
import inference.ModelConfigRequest;
import inference.ModelInferRequest;
import inference.ModelStatistics;
import inference.ModelStatisticsRequest;
import inference.ModelStreamInferResponse;
import inference.RepositoryIndexRequest;
import inference.RepositoryIndexResponse.ModelIndex;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Rules of Triton's extensions over gRPC, for servers that name them. */
class GrpcExtensionsIntegrationTests {

    private final Target target = Target.get();
    private final List<Tensor> inputs = target.request(1, 2);

    private Answer plain() {
        return Answer.of(target.grpc().modelInfer(raw(inputs).build()));
    }

    @Test
    void classesMayStandInTheScoresPlace() {
        target.assumeExtension("classification");
        Optional<Answer.Output> scores =
                plain().outputs().values().stream()
                        .filter(o -> o.datatype().equals("FP32") && o.shape().size() == 2)
                        .filter(o -> o.shape().get(1) > 2)
                        .findFirst();
        assumeTrue(scores.isPresent(), "the model has no scores of classes");
        String name = scores.orElseThrow().name();
        ModelInferRequest request =
                raw(inputs)
                        .addOutputs(output(name).putParameters("classification", parameter(2)))
                        .build();
        Answer.Output classes = Answer.of(target.grpc().modelInfer(request)).output(name);
        assertThat(classes.datatype()).isEqualTo("BYTES");
        assertThat(classes.shape().getLast()).isEqualTo(2);
        assertThat(classes.values())
                .allSatisfy(value -> assertThat(value.toString()).matches("[-0-9.e]+:\\d+(:.*)?"));
    }

    @Test
    void statisticsCountRequests() {
        target.assumeExtension("statistics");
        ModelStatistics before = statistics();
        plain();
        ModelStatistics after = statistics();
        assertThat(
                        after.getInferenceStats().getSuccess().getCount()
                                - before.getInferenceStats().getSuccess().getCount())
                .isEqualTo(1);
        assertThat(after.getInferenceCount()).isGreaterThan(before.getInferenceCount());
    }

    private ModelStatistics statistics() {
        List<ModelStatistics> all =
                target.grpc()
                        .modelStatistics(
                                ModelStatisticsRequest.newBuilder().setName(target.model()).build())
                        .getModelStatsList();
        assertThat(all.getLast().getName()).isEqualTo(target.model());
        return all.getLast();
    }

    @Test
    void theConfigurationDescribesTheModel() {
        target.assumeExtension("model_configuration");
        ModelConfig config =
                target.grpc()
                        .modelConfig(
                                ModelConfigRequest.newBuilder().setName(target.model()).build())
                        .getConfig();
        assertThat(config.getName()).isEqualTo(target.model());
        assertThat(config.getInputList().stream().map(t -> t.getName()))
                .containsAll(target.inputs().stream().map(Target.Form::name).toList());
        assertThat(config.getOutputList()).isNotEmpty();
    }

    @Test
    void theIndexListsTheModel() {
        target.assumeExtension("model_repository");
        List<ModelIndex> models =
                target.grpc()
                        .repositoryIndex(RepositoryIndexRequest.getDefaultInstance())
                        .getModelsList();
        assertThat(models)
                .anySatisfy(entry -> {
                    assertThat(entry.getName()).isEqualTo(target.model());
                    assertThat(entry.getState()).isEqualTo("READY");
                });
    }

    /** Triton names no extension for it, but its clients stream. */
    @Test
    void aStreamAnswersEveryRequestAndTellsMistakesInTheirPlaces() throws Exception {
        target.assumeExtension("binary_tensor_data");
        Answer alone = plain();
        Replies replies = new Replies();
        StreamObserver<ModelInferRequest> stream = target.streams().modelStreamInfer(replies);
        for (int request = 0; request < 4; request++) {
            ModelInferRequest.Builder message = raw(inputs).setId(String.valueOf(request));
            if (request == 2) {
                message.addOutputs(output("no_such_output"));
            }
            stream.onNext(message.build());
        }
        List<String> answered = new ArrayList<>();
        int mistakes = 0;
        for (int reply = 0; reply < 4; reply++) {
            ModelStreamInferResponse response = replies.next();
            if (response.getErrorMessage().isEmpty()) {
                answered.add(response.getInferResponse().getId());
                Answer.of(response.getInferResponse()).near(alone);
            } else {
                mistakes++;
            }
        }
        stream.onCompleted();
        assertThat(answered).containsExactlyInAnyOrder("0", "1", "3");
        assertThat(mistakes).isOne();
    }

    /** What comes back in a stream. */
    private static final class Replies implements StreamObserver<ModelStreamInferResponse> {

        private final BlockingQueue<Object> came = new LinkedBlockingQueue<>();

        @Override
        public void onNext(ModelStreamInferResponse response) {
            came.add(response);
        }

        @Override
        public void onError(Throwable error) {
            came.add(error);
        }

        @Override
        public void onCompleted() {}

        ModelStreamInferResponse next() throws InterruptedException {
            Object next = came.poll(60, TimeUnit.SECONDS);
            assertThat(next).isInstanceOf(ModelStreamInferResponse.class);
            return (ModelStreamInferResponse) next;
        }
    }
}
