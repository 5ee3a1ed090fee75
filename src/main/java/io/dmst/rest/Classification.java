package io.dmst.rest;

import io.dmst.inference.Deadline;
import io.dmst.inference.Failure;
import io.dmst.inference.FailureCode;
import io.dmst.inference.Outcome;
import io.dmst.inference.PredictionRequest;
import io.dmst.inference.Predictor;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * From encoded images to their outcomes: decode, then predict, all images of a request at a time.
 * Every wait ends at the deadline. Safe for use by several threads.
 */
@Component
class Classification {

    private static final Logger log = LoggerFactory.getLogger(Classification.class);

    private final Decoding decoding;

    Classification(Decoding decoding) {
        this.decoding = decoding;
    }

    /** The outcomes in the order of the images. */
    List<Outcome> outcomes(
            Predictor predictor,
            List<Checked<byte[]>> images,
            Deadline deadline,
            Exchange exchange) {
        if (images.size() == 1) {
            return List.of(outcome(predictor, images.getFirst(), deadline, exchange));
        }
        try (ExecutorService each = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Outcome>> pending = new ArrayList<>();
            for (Checked<byte[]> image : images) {
                pending.add(each.submit(() -> outcome(predictor, image, deadline, exchange)));
            }
            return pending.stream().map(Classification::result).toList();
        }
    }

    private static Outcome result(Future<Outcome> pending) {
        try {
            return pending.get();
        } catch (InterruptedException e) {
            pending.cancel(true);
            Thread.currentThread().interrupt();
            return stopping();
        } catch (ExecutionException e) {
            throw new IllegalStateException("an image's outcome must be a value", e);
        }
    }

    private Outcome outcome(
            Predictor predictor, Checked<byte[]> image, Deadline deadline, Exchange exchange) {
        Checked<byte[]> pixels =
                image.then(file -> decoding.pixels(file, predictor.model(), deadline, exchange));
        return switch (pixels) {
            case Checked.Refused<byte[]>(Failure failure) -> failure;
            case Checked.Accepted<byte[]>(byte[] input) ->
                    await(
                            predictor.predict(
                                    new PredictionRequest(
                                            exchange.requestId(), input, Set.of(), deadline)),
                            deadline,
                            exchange);
        };
    }

    private static Outcome await(
            CompletableFuture<Outcome> answer, Deadline deadline, Exchange exchange) {
        try {
            return answer.get(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            answer.cancel(true);
            return tooLate();
        } catch (InterruptedException e) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            return stopping();
        } catch (ExecutionException e) {
            log.error("request {}: the predictor broke its promise", exchange.requestId(), e);
            return new Failure(
                    FailureCode.INTERNAL, "the prediction failed; it is a fault of ours");
        }
    }

    /** What is said where the deadline has passed. */
    static Failure tooLate() {
        return new Failure(
                FailureCode.DEADLINE_EXCEEDED,
                "the request's time was over before its answer was there; allow more with the"
                        + " header "
                        + RequestTimeout.HEADER);
    }

    /** What is said where a wait is broken off. */
    static Failure stopping() {
        return new Failure(
                FailureCode.NOT_READY, "the service is stopping; send the request again");
    }
}
