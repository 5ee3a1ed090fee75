package io.dmst.serve.batch;

import io.dmst.core.checkpoint.ModelCard;
import io.dmst.core.checkpoint.ModelConfig;
import io.dmst.serve.predict.Deadline;
import io.dmst.serve.predict.Outcome;
import io.dmst.serve.predict.Prediction;
import io.dmst.serve.predict.PredictionRequest;
import io.dmst.serve.predict.ServedModel;
import io.dmst.serve.predict.Timing;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * An engine whose logit is the request's first pixel, that writes down what it computes, and that a
 * test may hold up or break.
 */
final class FakeComputation implements Computation {

    static final ServedModel MODEL =
            new ServedModel(
                    ModelConfig.parse(
                            "{\"name\":\"tiny\",\"image_size\":2,\"patch_size\":2,\"embed_dim\":4,"
                                    + "\"depth\":1,\"num_heads\":1,\"num_classes\":1}"),
                    List.of("a"),
                    ModelCard.EMPTY,
                    "sha256:0");

    private static final String CALIBRATION = "calibration";

    final List<List<String>> computed = Collections.synchronizedList(new ArrayList<>());
    final CountDownLatch release = new CountDownLatch(1);
    final CountDownLatch entered = new CountDownLatch(1);
    volatile Consumer<List<PredictionRequest>> before = batch -> {};
    volatile Runnable check = () -> {};
    volatile boolean closed;

    /** That it holds every batch up until it is released. */
    FakeComputation held() {
        before =
                batch -> {
                    entered.countDown();
                    try {
                        release.await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                };
        return this;
    }

    static PredictionRequest request(String id, int pixel, Deadline deadline, String... probes) {
        return new PredictionRequest(id, new byte[] {(byte) pixel}, Set.of(probes), deadline);
    }

    @Override
    public int largestBatch() {
        return 4;
    }

    @Override
    public PredictionRequest sample(BatchKind kind) {
        return request(
                CALIBRATION,
                0,
                Deadline.none(),
                kind == BatchKind.PLAIN ? new String[0] : new String[] {"membership.0"});
    }

    @Override
    public List<Function<Timing, Outcome>> run(List<PredictionRequest> batch) {
        if (closed) {
            throw new AssertionError("a closed engine was run");
        }
        if (!batch.getFirst().id().equals(CALIBRATION)) {
            computed.add(batch.stream().map(PredictionRequest::id).toList());
            before.accept(batch);
        }
        return batch.stream()
                .map(request -> {
                    float[] logits = {request.pixels()[0]};
                    Function<Timing, Outcome> outcome =
                            timing -> new Prediction(new float[] {1}, logits, Map.of(), timing);
                    return outcome;
                })
                .toList();
    }

    @Override
    public void check() {
        check.run();
    }

    @Override
    public void close() {
        closed = true;
    }
}
