package io.dmst.oip;

import io.dmst.inference.Deadline;
import io.dmst.inference.Failure;
import io.dmst.inference.Outcome;
import io.dmst.inference.Prediction;
import io.dmst.inference.Predictor;
import io.dmst.inference.ServedModel;
import io.dmst.pipeline.AskedClass;
import io.dmst.pipeline.Call;
import io.dmst.pipeline.Checked;
import io.dmst.pipeline.Exchange;
import io.dmst.pipeline.ImageBounds;
import io.dmst.pipeline.Pipeline;
import io.dmst.pipeline.Upload;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Answers requests of the protocol. A request succeeds or fails as a whole: one image that fails
 * fails it, with the image's place in the text. Safe for use by several threads.
 */
@Component
public class Inference {

    private final Pipeline pipeline;
    private final ImageBounds bounds;
    private final Statistics statistics;
    private final Map<Predictor, ModelTensors> tensors =
            Collections.synchronizedMap(new WeakHashMap<>());

    Inference(Pipeline pipeline, ImageBounds bounds, Statistics statistics) {
        this.pipeline = pipeline;
        this.bounds = bounds;
        this.statistics = statistics;
    }

    /** The tensors of a model. */
    public ModelTensors tensors(Predictor predictor) {
        return tensors.computeIfAbsent(predictor, p -> ModelTensors.of(p.model()));
    }

    /**
     * Answers a request.
     *
     * @param name of the model
     * @param version absent for the default one
     * @param request read once the model is known to be there
     */
    public Checked<InferAnswer> infer(
            String name,
            @Nullable String version,
            Exchange exchange,
            Supplier<Checked<InferRequest>> request) {
        return pipeline.predictor(name, version, exchange)
                .then(predictor -> counted(predictor, exchange, request));
    }

    private Checked<InferAnswer> counted(
            Predictor predictor, Exchange exchange, Supplier<Checked<InferRequest>> request) {
        // the request's own deadline is known once it is read
        Checked<InferAnswer> answer =
                pipeline.admitting(predictor, Deadline.none())
                        .then(admitting -> request.get())
                        .then(read -> answer(predictor, exchange, read));
        if (answer instanceof Checked.Refused<InferAnswer>) {
            statistics.failed(predictor.model(), exchange.elapsed());
        }
        return answer;
    }

    private Checked<InferAnswer> answer(
            Predictor predictor, Exchange exchange, InferRequest request) {
        ModelTensors known = tensors(predictor);
        Checked<List<OutputCheck.Wanted>> wanted =
                OutputCheck.wanted(known, request.outputs())
                        .then(outputs -> about(predictor.model(), request.className(), outputs));
        Checked<Images> images = new InputCheck(known, bounds).images(request.inputs());
        return Checked.all(
                () -> {
                    Call call =
                            new Call(
                                    predictor,
                                    probes(wanted.value()),
                                    pipeline.deadline(request.allowed(), exchange),
                                    exchange);
                    return predictions(call, images.value())
                            .then(found -> OutputCheck.complete(wanted.value(), found))
                            .then(found ->
                                    Checked.accepted(
                                            answer(call, request.id(), wanted.value(), found)));
                },
                wanted,
                images);
    }

    /** The outputs of the class that a request names. */
    private static Checked<List<OutputCheck.Wanted>> about(
            ServedModel model, @Nullable String className, List<OutputCheck.Wanted> outputs) {
        return className == null
                ? Checked.accepted(outputs)
                : AskedClass.of(model, className)
                        .then(found ->
                                Checked.accepted(
                                        found.isEmpty()
                                                ? outputs
                                                : outputs.stream()
                                                        .map(o -> o.of(found.get()))
                                                        .toList()));
    }

    private static Set<String> probes(List<OutputCheck.Wanted> wanted) {
        return wanted.stream()
                .flatMap(output -> output.output().probes().stream())
                .collect(Collectors.toSet());
    }

    private Checked<List<Prediction>> predictions(Call call, Images images) {
        List<Outcome> outcomes =
                switch (images) {
                    case Images.Files(List<Checked<Upload>> files) -> pipeline.files(call, files);
                    case Images.Pixels(List<byte[]> pixels) -> pipeline.pixels(call, pixels);
                };
        List<Prediction> predictions = new ArrayList<>();
        for (int i = 0; i < outcomes.size(); i++) {
            switch (outcomes.get(i)) {
                case Prediction prediction -> predictions.add(prediction);
                case Failure failure -> {
                    return new Checked.Refused<>(
                            outcomes.size() == 1 ? failure : placed(failure, i));
                }
            }
        }
        return Checked.accepted(predictions);
    }

    private static Failure placed(Failure failure, int place) {
        return new Failure(
                failure.code(),
                "image %d: %s".formatted(place, failure.detail()),
                failure.retryAfter());
    }

    private InferAnswer answer(
            Call call, String id, List<OutputCheck.Wanted> wanted, List<Prediction> predictions) {
        long begun = System.nanoTime();
        ServedModel model = call.predictor().model();
        List<OutputTensor> outputs =
                wanted.stream()
                        .map(output -> OutputCheck.tensor(output, model, predictions))
                        .toList();
        statistics.succeeded(model, call.exchange(), predictions, System.nanoTime() - begun);
        return new InferAnswer(model, id, outputs);
    }
}
