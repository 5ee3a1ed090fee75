package io.dmst.cli;

import io.dmst.lab.train.data.LabelledImage;
import io.dmst.serve.predict.Failure;
import io.dmst.serve.predict.Outcome;
import io.dmst.serve.predict.Prediction;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import me.tongfei.progressbar.ProgressBar;
import org.jspecify.annotations.Nullable;

/** Puts images through a model, and through a second one where there is one to compare with. */
final class EvaluationRun {

    private final LocalModel model;
    private final @Nullable LocalModel other;
    private final PrintWriter log;

    EvaluationRun(LocalModel model, PrintWriter log) {
        this(model, null, log);
    }

    private EvaluationRun(LocalModel model, @Nullable LocalModel other, PrintWriter log) {
        this.model = model;
        this.other = other;
        this.log = log;
    }

    /** The same run that also compares. */
    EvaluationRun against(LocalModel second) {
        return new EvaluationRun(model, second, log);
    }

    private record Pending(
            LabelledImage image,
            CompletableFuture<Outcome> answer,
            @Nullable CompletableFuture<Outcome> other) {}

    Scores run(List<LabelledImage> images) {
        Scores scores = new Scores(model.model().labels());
        Deque<Pending> pending = new ArrayDeque<>();
        long start = System.nanoTime();
        try (ProgressBar bar = new ProgressBar("evaluating", images.size())) {
            for (LabelledImage image : images) {
                submit(image, pending, scores);
                if (pending.size() >= LocalModel.WINDOW / 2) {
                    settle(pending.removeFirst(), scores);
                }
                bar.step();
            }
            pending.forEach(each -> settle(each, scores));
        }
        scores.seconds((System.nanoTime() - start) / 1e9);
        return scores;
    }

    private void submit(LabelledImage image, Deque<Pending> pending, Scores scores) {
        try {
            byte[] pixels = model.pixels(image.source().load());
            pending.add(
                    new Pending(
                            image,
                            model.predict(image.name(), pixels),
                            other == null ? null : other.predict(image.name(), pixels)));
        } catch (IOException e) {
            refused(image, e.getMessage(), scores);
        }
    }

    private void refused(LabelledImage image, @Nullable String why, Scores scores) {
        log.println(image.name() + ": " + why);
        scores.unreadable();
    }

    private void settle(Pending pending, Scores scores) {
        switch (pending.answer().join()) {
            case Failure failure -> refused(pending.image(), failure.detail(), scores);
            case Prediction prediction -> {
                scores.add(pending.image().label(), prediction.probabilities());
                if (pending.other() != null) {
                    compare(pending.image(), prediction, pending.other().join(), scores);
                }
            }
        }
    }

    private void compare(
            LabelledImage image, Prediction prediction, Outcome second, Scores scores) {
        switch (second) {
            case Prediction other ->
                    scores.compare(prediction.probabilities(), other.probabilities());
            case Failure failure -> {
                log.println(image.name() + ": the second engine: " + failure.detail());
                scores.notCompared();
            }
        }
    }
}
