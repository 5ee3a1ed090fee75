package io.dmst.pipeline;

import io.dmst.explain.Explainer;
import io.dmst.inference.ServedModel;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;

/**
 * From an encoded image to its explanation: the probes that it needs decide which graph runs. Safe
 * for use by several threads.
 */
@Component
public class Explaining implements DisposableBean {

    private final Pipeline pipeline;
    private final Workers workers;

    /** What has been computed does not wait for what has not even been decoded. */
    Explaining(Pipeline pipeline, PipelineProperties properties, Waiting waiting) {
        this.pipeline = pipeline;
        this.workers = new Workers("explain", properties, waiting);
    }

    /**
     * Explains one image and makes something of the explanation, such as a picture, on threads that
     * are meant for computing.
     *
     * @param viewSide longer side in pixels of the image's view; 0 for none
     */
    public <T> Checked<T> explain(
            ExplainCall wish, Checked<Upload> file, int viewSide, Function<Explained, T> made) {
        ServedModel model = wish.predictor().model();
        Explainer explainer = new Explainer(model.config(), model.contributions(), wish.wanted());
        Set<String> probes = explainer.probes();
        Call call = new Call(wish.predictor(), probes, wish.deadline(), wish.exchange());
        return pipeline.viewed(call, file, viewSide)
                .then(seen ->
                        workers.run(
                                call,
                                () ->
                                        Checked.accepted(
                                                made.apply(explained(model, explainer, seen)))));
    }

    @Override
    public void destroy() {
        workers.stop();
    }

    private static Explained explained(ServedModel model, Explainer explainer, Viewed seen) {
        Map<String, float[]> trace = new HashMap<>();
        seen.prediction().trace().forEach((probe, values) -> trace.put(probe, values.values()));
        return new Explained(
                model,
                seen.prediction(),
                explainer.explain(trace, seen.prediction().mostProbable()),
                seen.view());
    }
}
