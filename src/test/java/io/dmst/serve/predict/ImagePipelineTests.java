package io.dmst.serve.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.dmst.serve.metrics.TraceRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.util.unit.DataSize;

/** Waiting for a model that does not answer. */
@Timeout(60)
class ImagePipelineTests {

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final FakePredictor model = new FakePredictor("1");
    private final CompletableFuture<Outcome> answer = new CompletableFuture<>();
    private final CountDownLatch asked = new CountDownLatch(1);
    private final Admission admission =
            new Admission(new BatchProperties(0, Duration.ofMillis(1), 1), meters);
    private final DefaultListableBeanFactory beans = new DefaultListableBeanFactory();
    private final ImagePipeline pipeline =
            new ImagePipeline(
                    new Models(List.of(model)),
                    admission,
                    new InputDecoder(
                            new ImageProperties(
                                    DataSize.ofMegabytes(1), 1_000, 1, DataSize.ofMegabytes(64)),
                            meters),
                    new RequestProperties(
                            Duration.ofSeconds(1),
                            Duration.ofSeconds(1),
                            DataSize.ofMegabytes(1),
                            1,
                            DataSize.ofMegabytes(1),
                            1,
                            DataSize.ofBytes(1)),
                    new TraceRegistry(
                            beans.getBeanProvider(io.micrometer.tracing.Tracer.class),
                            beans.getBeanProvider(
                                    io.micrometer.tracing.propagation.Propagator.class)));
    private final RequestContext context = RequestContext.start("test", null, "/");

    ImagePipelineTests() {
        model.answers(request -> {
            asked.countDown();
            return answer;
        });
    }

    private List<Outcome> predict(Deadline deadline) {
        return pipeline.predict(
                new Call(model, Set.of(), deadline, context),
                List.of(new byte[model.model().pixelBytes()]));
    }

    @Test
    void aRequestIsAnsweredAtItsDeadlineAndRemovedFromTheQueue() {
        List<Outcome> outcomes = predict(Deadline.after(Duration.ofMillis(50)));
        assertThat(outcomes)
                .singleElement()
                .isInstanceOfSatisfying(
                        Failure.class,
                        failure ->
                                assertThat(failure.code())
                                        .isEqualTo(FailureCode.DEADLINE_EXCEEDED));
        assertThat(answer).isCancelled();
        admission.enter(1, Deadline.none()).close();
    }

    @Test
    void anInterruptedRequestIsCancelledAndRemovedFromTheQueue() throws Exception {
        FutureTask<List<Outcome>> request = new FutureTask<>(() -> predict(Deadline.none()));
        Thread thread = Thread.ofVirtual().start(request);
        assertThat(asked.await(30, TimeUnit.SECONDS)).isTrue();
        thread.interrupt();
        assertThat(catchThrowable(request::get)).hasCauseInstanceOf(FailureException.class);
        assertThat(answer).isCancelled();
        assertThat(context.recorder().outcome()).isEqualTo("cancelled");
        admission.enter(1, Deadline.none()).close();
    }
}
