package io.dmst.serve.oip;

import io.dmst.serve.predict.Call;
import io.dmst.serve.predict.Deadline;
import io.dmst.serve.predict.ExplainOptions;
import io.dmst.serve.predict.Failure;
import io.dmst.serve.predict.FailureException;
import io.dmst.serve.predict.ImagePipeline;
import io.dmst.serve.predict.Outcome;
import io.dmst.serve.predict.Prediction;
import io.dmst.serve.predict.Predictor;
import io.dmst.serve.predict.RequestContext;
import io.dmst.serve.predict.ServedModel;
import io.dmst.serve.predict.Upload;
import io.dmst.serve.predict.UploadLimits;
import java.time.Duration;
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

    private final ImagePipeline pipeline;
    private final UploadLimits limits;
    private final InferenceStatistics statistics;
    private final Map<Predictor, ModelTensors> tensors =
            Collections.synchronizedMap(new WeakHashMap<>());

    Inference(ImagePipeline pipeline, UploadLimits limits, InferenceStatistics statistics) {
        this.pipeline = pipeline;
        this.limits = limits;
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
     * @param allowed time that the call allows, apart from the request's own parameter
     * @param request read once the call is admitted
     * @throws FailureException if there is no answer
     */
    public InferAnswer infer(
            String name,
            @Nullable String version,
            @Nullable Duration allowed,
            RequestContext context,
            Supplier<InferRequest> request) {
        Predictor predictor = pipeline.predictor(name, version, context);
        try {
            pipeline.admit(predictor, pipeline.deadline(allowed, context));
            return answer(predictor, context, request.get());
        } catch (FailureException e) {
            statistics.failed(predictor.model(), context.elapsed());
            throw e;
        }
    }

    private InferAnswer answer(Predictor predictor, RequestContext context, InferRequest request) {
        ModelTensors known = tensors(predictor);
        List<OutputCheck.Wanted> wanted =
                about(
                        predictor.model(),
                        request.className(),
                        OutputCheck.wanted(known, request.outputs()));
        Images images = new InputCheck(known, limits).images(request.inputs());
        Deadline deadline = pipeline.deadline(request.allowed(), context);
        Call call = new Call(predictor, probes(wanted), deadline, context);
        List<Prediction> predictions = predictions(call, images);
        OutputCheck.complete(wanted, predictions);
        return answer(call, request.id(), wanted, predictions);
    }

    /** The outputs, of the class that a request names. */
    private static List<OutputCheck.Wanted> about(
            ServedModel model, @Nullable String className, List<OutputCheck.Wanted> outputs) {
        if (className == null) {
            return outputs;
        }
        return ExplainOptions.classIndex(model, className)
                .map(index -> outputs.stream().map(output -> output.of(index)).toList())
                .orElse(outputs);
    }

    private static Set<String> probes(List<OutputCheck.Wanted> wanted) {
        return wanted.stream()
                .flatMap(output -> output.output().probes().stream())
                .collect(Collectors.toSet());
    }

    private List<Prediction> predictions(Call call, Images images) {
        List<Outcome> outcomes =
                switch (images) {
                    case Images.Files(List<Upload> files) -> pipeline.classify(call, files);
                    case Images.Pixels(List<byte[]> pixels) -> pipeline.predict(call, pixels);
                };
        List<Prediction> predictions = new ArrayList<>();
        for (int i = 0; i < outcomes.size(); i++) {
            switch (outcomes.get(i)) {
                case Prediction prediction -> predictions.add(prediction);
                case Failure failure ->
                        throw new FailureException(
                                outcomes.size() == 1 ? failure : placed(failure, i));
            }
        }
        return predictions;
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
        statistics.succeeded(model, call.context(), predictions, System.nanoTime() - begun);
        return new InferAnswer(model, id, outputs);
    }
}
