package io.dmst.lab.train;

import ai.djl.Device;
import io.dmst.core.checkpoint.ModelConfig;
import io.dmst.lab.train.augment.AugmentOptions;
import io.dmst.lab.train.data.BadData;
import io.dmst.lab.train.data.ClassWeights;
import io.dmst.lab.train.data.DataOptions;
import io.dmst.lab.train.data.SplitOptions;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Small trainings on images of 16 pixels, which take a second each. */
record Trainings(
        Path data, ModelConfig config, StartWeights start, TrainOptions options, BadData badData) {

    static final ModelConfig TINY =
            ModelConfig.of(
                    Map.of(
                            "name", "tiny",
                            "image_size", 16,
                            "patch_size", 4,
                            "embed_dim", 16,
                            "depth", 2,
                            "num_heads", 2,
                            "cls_attn_layers", 1,
                            "num_classes", 2));

    static Trainings of(Path data) {
        return new Trainings(data, TINY, StartWeights.RANDOM, options(3), BadData.SKIP);
    }

    /** With everything random that there is. */
    static TrainOptions options(int epochs) {
        return new TrainOptions(
                epochs,
                12,
                new Optimisation(2e-3, LearningRateDecay.COSINE, 1, 0.05, 1, 0.9),
                new Regularisation(0.1, 0.1, 0.2),
                new AugmentOptions(true, 0.125, 1, 0, 1, 3, 0.2, 1, 0.2),
                new Sampling(0, ClassWeights.NONE),
                FineTuning.NONE,
                Distillation.NONE,
                7,
                1);
    }

    Trainings epochs(int epochs) {
        return new Trainings(data, config, start, options(epochs), badData);
    }

    Trainings with(ModelConfig other) {
        return new Trainings(data, other, start, options, badData);
    }

    Trainings from(StartWeights other) {
        return new Trainings(data, config, other, options, badData);
    }

    Trainings refusingBadData() {
        return new Trainings(data, config, start, options, BadData.REFUSE);
    }

    Trainings freezing(Freeze freeze) {
        TrainOptions frozen =
                new TrainOptions(
                        options.epochs(),
                        options.batchSize(),
                        options.optimisation(),
                        options.regularisation(),
                        options.augmentation(),
                        options.sampling(),
                        new FineTuning(freeze, 1, 2),
                        options.distillation(),
                        options.seed(),
                        1);
        return new Trainings(data, config, start, frozen, badData);
    }

    TrainingRequest into(Path out, boolean resume, StopSignal stop) {
        return new TrainingRequest(
                new DataOptions(data, SplitOptions.DEFAULT, badData, 2, 1 << 20),
                config,
                start,
                options,
                Optional.empty(),
                new TrainingRequest.Output(
                        out, Optional.empty(), Optional.empty(), "dmst train test"),
                resume,
                stop,
                Device.cpu());
    }

    TrainingOutcome.Finished train(Path out) throws Exception {
        return (TrainingOutcome.Finished) train(into(out, false, StopSignal.none()));
    }

    TrainingOutcome.Finished resume(Path out) throws Exception {
        return (TrainingOutcome.Finished) train(into(out, true, StopSignal.none()));
    }

    static TrainingOutcome train(TrainingRequest request) throws Exception {
        return new Trainer(
                        request,
                        new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8))
                .train();
    }

    /** Trains with the messages as the result. */
    String log(Path out, boolean resume) throws Exception {
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        new Trainer(
                        into(out, resume, StopSignal.none()),
                        new PrintStream(log, true, StandardCharsets.UTF_8))
                .train();
        return log.toString(StandardCharsets.UTF_8);
    }

    /**
     * Trains in a thread of its own until there is a state, then interrupts it.
     *
     * @throws AssertionError if the training ends before
     */
    void interrupted(Path out) throws InterruptedException {
        AtomicReference<@Nullable Exception> failure = new AtomicReference<>(null);
        Thread training =
                new Thread(() -> {
                    try {
                        train(into(out, false, StopSignal.none()));
                    } catch (Exception e) {
                        failure.set(e);
                    }
                });
        training.start();
        while (!TrainingState.exists(out)) {
            if (!training.isAlive()) {
                throw new AssertionError("the training has ended early", failure.get());
            }
            Thread.sleep(5);
        }
        training.interrupt();
        training.join();
    }
}
