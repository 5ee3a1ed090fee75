package io.dmst.serve.oip;

import io.dmst.serve.predict.Models;
import io.dmst.serve.predict.Prediction;
import io.dmst.serve.predict.RequestContext;
import io.dmst.serve.predict.RequestRecorder;
import io.dmst.serve.predict.ServedModel;
import io.dmst.serve.predict.Timing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * What the requests of this protocol have come to since the start, for each model and version.
 *
 * <p>A batch may be shared with requests that came another way. Its images are counted where they
 * came in, so a batch counts here by the share that this protocol had in it. Safe for use by
 * several threads.
 */
@Component
public class InferenceStatistics {

    private final Models models;
    private final Map<List<String>, Tally> tallies = new ConcurrentHashMap<>();

    InferenceStatistics(Models models) {
        this.models = models;
    }

    /**
     * How often something happened and how long it took.
     *
     * @param count of it
     * @param nanos all together
     */
    public record Spent(long count, long nanos) {

        static final Spent NONE = new Spent(0, 0);

        Spent plus(long more, long nanoseconds) {
            return new Spent(count + more, nanos + nanoseconds);
        }
    }

    /**
     * Computations of one size.
     *
     * @param size images that were computed together
     * @param input preparing them
     * @param infer computing them
     * @param output making tensors of them
     */
    public record Batch(int size, Spent input, Spent infer, Spent output) {}

    /**
     * One model.
     *
     * @param model whose they are
     * @param lastInference milliseconds since the epoch; 0 for none
     * @param images that were answered
     * @param executions computations that answered them
     * @param success requests answered
     * @param fail requests refused
     * @param queue waiting, per image
     * @param input decoding, per request
     * @param infer computing, per image
     * @param output making tensors, per request
     * @param batches by size
     */
    public record OfModel(
            ServedModel model,
            long lastInference,
            long images,
            long executions,
            Spent success,
            Spent fail,
            Spent queue,
            Spent input,
            Spent infer,
            Spent output,
            List<Batch> batches) {}

    /**
     * The statistics of the models that are meant.
     *
     * @param name absent for all
     * @param version absent for all of the name
     * @throws io.dmst.serve.predict.FailureException if there is no such model
     */
    public List<OfModel> of(@Nullable String name, @Nullable String version) {
        if (name != null) {
            models.find(name, version);
        }
        return models.all().stream()
                .filter(model -> name == null || model.name().equals(name))
                .filter(model -> version == null || model.version().equals(version))
                .map(model -> tally(model).of(model))
                .toList();
    }

    private Tally tally(ServedModel model) {
        return tallies.computeIfAbsent(List.of(model.name(), model.version()), key -> new Tally());
    }

    void failed(ServedModel model, Duration spent) {
        tally(model).failed(spent);
    }

    void succeeded(
            ServedModel model,
            RequestContext context,
            List<Prediction> predictions,
            long outputNanos) {
        tally(model).succeeded(context, predictions, outputNanos);
    }

    /** The sums of one model; guarded by itself. */
    private static final class Tally {

        private long lastInference;
        private long images;
        private Spent success = Spent.NONE;
        private Spent fail = Spent.NONE;
        private Spent queue = Spent.NONE;
        private Spent input = Spent.NONE;
        private Spent infer = Spent.NONE;
        private Spent output = Spent.NONE;
        private final Map<Integer, Share> shares = new TreeMap<>();

        /** Images in batches of one size; a batch of n counts by an n-th for each image. */
        private static final class Share {
            private long images;
            private long inputNanos;
            private long inferNanos;
            private long outputNanos;

            Batch of(int size) {
                long batches = Math.max(1, Math.round((double) images / size));
                return new Batch(
                        size,
                        new Spent(batches, inputNanos),
                        new Spent(batches, inferNanos / size),
                        new Spent(batches, outputNanos));
            }
        }

        synchronized void failed(Duration spent) {
            fail = fail.plus(1, spent.toNanos());
        }

        synchronized void succeeded(
                RequestContext context, List<Prediction> predictions, long outputNanos) {
            lastInference = System.currentTimeMillis();
            images += predictions.size();
            success = success.plus(1, context.elapsed().toNanos());
            long inputNanos =
                    context.recorder()
                            .stages()
                            .getOrDefault(RequestRecorder.Stage.DECODE, Duration.ZERO)
                            .toNanos();
            input = input.plus(1, inputNanos);
            output = output.plus(1, outputNanos);
            for (Prediction prediction : predictions) {
                Timing timing = prediction.timing();
                queue = queue.plus(1, timing.queue().toNanos());
                infer = infer.plus(1, timing.compute().toNanos());
                Share share = shares.computeIfAbsent(timing.batchSize(), size -> new Share());
                share.images++;
                share.inputNanos += inputNanos / predictions.size();
                share.inferNanos += timing.compute().toNanos();
                share.outputNanos += outputNanos / predictions.size();
            }
        }

        synchronized OfModel of(ServedModel model) {
            List<Batch> batches = new ArrayList<>();
            shares.forEach((size, share) -> batches.add(share.of(size)));
            return new OfModel(
                    model,
                    lastInference,
                    images,
                    batches.stream().mapToLong(batch -> batch.infer().count()).sum(),
                    success,
                    fail,
                    queue,
                    input,
                    infer,
                    output,
                    batches);
        }
    }
}
