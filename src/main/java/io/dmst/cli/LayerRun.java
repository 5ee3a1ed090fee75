package io.dmst.cli;

import io.dmst.core.typicality.LayerVector;
import io.dmst.lab.study.Corruption;
import io.dmst.lab.study.Observation;
import io.dmst.lab.train.data.LabelledImage;
import io.dmst.serve.predict.Failure;
import io.dmst.serve.predict.LayerStatistics;
import io.dmst.serve.predict.Outcome;
import io.dmst.serve.predict.Prediction;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import me.tongfei.progressbar.ProgressBar;
import org.jspecify.annotations.Nullable;

/** Puts images through a model on the path that serves, and keeps what its layers say of each. */
final class LayerRun {

    private final LocalModel model;
    private final LayerVector components;
    private final PrintWriter log;

    /**
     * @param log receives what could not be read
     * @throws IllegalArgumentException if the model's attention has no memberships
     */
    LayerRun(LocalModel model, PrintWriter log) {
        if (!model.model().hasMemberships()) {
            throw new IllegalArgumentException(
                    "attention of model %s has no memberships: there is nothing to profile"
                            .formatted(model.model().name()));
        }
        this.model = model;
        this.components = components(model);
        this.log = log;
    }

    private static LayerVector components(LocalModel model) {
        return new LayerVector(model.model().config().depth(), model.model().config().numHeads());
    }

    /** What the vectors are made of. */
    LayerVector components() {
        return components;
    }

    /** What the model says of images as they are, in their order; unreadable ones are left out. */
    List<Observation> of(String title, List<LabelledImage> images) {
        return of(title, images, Corruption.NONE, 0);
    }

    /**
     * What the model says of images that were spoilt.
     *
     * @param corruption of the pixels that the network sees
     * @param seed of what is random about it
     */
    List<Observation> of(
            String title, List<LabelledImage> images, Corruption corruption, long seed) {
        int height = model.model().imageHeight();
        int width = model.model().imageWidth();
        Corruption.Canvas canvas = new Corruption.Canvas(height, width, seed);
        List<Observation> seen = new ArrayList<>();
        Deque<CompletableFuture<Outcome>> pending = new ArrayDeque<>();
        try (ProgressBar bar = new ProgressBar(title, images.size())) {
            for (LabelledImage image : images) {
                byte[] pixels = pixels(image);
                if (pixels != null) {
                    pending.add(model.predict(image.name(), corruption.of(pixels, canvas)));
                }
                if (pending.size() >= LocalModel.WINDOW / 2) {
                    settle(pending.removeFirst(), seen);
                }
                bar.step();
            }
            pending.forEach(each -> settle(each, seen));
        }
        return seen;
    }

    private byte @Nullable [] pixels(LabelledImage image) {
        try {
            return model.pixels(image.source().load());
        } catch (IOException e) {
            log.println(image.name() + ": " + e.getMessage());
            return null;
        }
    }

    private void settle(CompletableFuture<Outcome> answer, List<Observation> seen) {
        switch (answer.join()) {
            case Failure failure -> log.println("left out: " + failure.detail());
            case Prediction prediction -> {
                LayerStatistics layers = prediction.layers();
                if (layers == null) {
                    throw new IllegalStateException("a model with memberships told no statistics");
                }
                seen.add(new Observation(prediction.confidence(), layers.vector(components)));
            }
        }
    }
}
