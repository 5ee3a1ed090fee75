package io.dmst.lab.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.dmst.djl.DjlEngines;
import io.dmst.lab.train.data.SyntheticImages;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DistillationTests {

    @TempDir private Path directory = Path.of("");
    private Trainings trainings = Trainings.of(Path.of(""));

    @BeforeEach
    void writeImages() throws IOException {
        trainings = Trainings.of(SyntheticImages.write(directory.resolve("data"), 24));
    }

    /** Calls blue images green and green ones blue. */
    private static final class WrongTeacher implements Teacher {

        private final int classes;
        private final List<String> labels;
        private final AtomicInteger asked = new AtomicInteger();

        WrongTeacher(int classes) {
            this(classes, List.of());
        }

        WrongTeacher(int classes, List<String> labels) {
            this.classes = classes;
            this.labels = labels;
        }

        @Override
        public String name() {
            return "wrong";
        }

        @Override
        public List<String> labels() {
            return labels;
        }

        @Override
        public int height() {
            return 8;
        }

        @Override
        public int width() {
            return 8;
        }

        @Override
        public float[] logits(float[] pixels, int images) {
            asked.addAndGet(images);
            assertThat(pixels).hasSize(images * 8 * 8 * 3);
            float[] logits = new float[images * classes];
            for (int image = 0; image < images; image++) {
                float[] sums = new float[3];
                for (int i = 0; i < 8 * 8 * 3; i++) {
                    sums[i % 3] += pixels[image * 8 * 8 * 3 + i];
                }
                int red = sums[0] > sums[1] && sums[0] > sums[2] ? 1 : 0;
                logits[image * classes + (red == 1 ? 2 : sums[2] > sums[1] ? 1 : 0)] = 8;
            }
            return logits;
        }

        @Override
        public void close() {}
    }

    private TrainingRequest request(Path out, Teacher teacher, Freeze freeze, boolean resume) {
        TrainingRequest plain =
                trainings.epochs(10).freezing(freeze).into(out, resume, StopSignal.none());
        TrainOptions o = plain.options();
        TrainOptions options =
                new TrainOptions(
                        o.epochs(),
                        o.batchSize(),
                        o.optimisation(),
                        o.regularisation(),
                        o.augmentation(),
                        o.sampling(),
                        o.fineTuning(),
                        new Distillation(1, 2),
                        o.seed(),
                        o.evaluateEvery());
        return new TrainingRequest(
                plain.data(),
                plain.config(),
                plain.start(),
                options,
                Optional.of(teacher),
                plain.output(),
                resume,
                plain.stop(),
                plain.device());
    }

    @ParameterizedTest
    @EnumSource(
            value = Freeze.class,
            names = {"NONE", "STEM"})
    void aStudentBelievesItsTeacherMoreThanItsLabels(Freeze freeze) throws Exception {
        WrongTeacher teacher = new WrongTeacher(3);
        TrainingOutcome.Finished finished =
                (TrainingOutcome.Finished)
                        Trainings.train(request(directory.resolve("out"), teacher, freeze, false));
        // right of red alone, as its teacher is
        assertThat(finished.accuracy()).isBetween(0.2, 0.5);
        assertThat(teacher.asked.get()).as("2 crops of 66 images, once").isEqualTo(132);
    }

    @Test
    void aTeacherOfOtherClassesIsRefused() {
        assertThatThrownBy(() ->
                        Trainings.train(
                                request(
                                        directory.resolve("out"),
                                        new WrongTeacher(4),
                                        Freeze.NONE,
                                        false)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("the teacher has 4 classes, the data have 3");
    }

    @Test
    void aTeachersClassesAreTakenByName() throws Exception {
        // its scores for blue stand where the student has green, so that it is right of both
        WrongTeacher teacher = new WrongTeacher(3, List.of("green", "blue", "red"));
        TrainingOutcome.Finished finished =
                (TrainingOutcome.Finished)
                        Trainings.train(
                                request(directory.resolve("out"), teacher, Freeze.NONE, false));
        assertThat(finished.accuracy()).isGreaterThan(0.8);
        WrongTeacher other = new WrongTeacher(3, List.of("green", "blue", "yellow"));
        assertThatThrownBy(() ->
                        Trainings.train(
                                request(directory.resolve("other"), other, Freeze.NONE, false)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("[green, blue, yellow]")
                .hasMessageContaining("[blue, green, red]");
    }

    @Test
    void theLossIsThatOfThePaper() {
        double T = 2;
        double[] student = {1, -1, 0.5};
        double[] targets = {0, 1, 0};
        float[] teacher = {2, 0, -2};
        Distillation distillation = new Distillation(0.3, T);
        distillation.soften(teacher, 0, 3);
        assertThat(teacher[0] / teacher[1]).isCloseTo((float) Math.E, within(1e-5f));
        double expected =
                0.7 * crossEntropy(targets, student, 1)
                        + 0.3
                                * T
                                * T
                                * crossEntropy(
                                        new double[] {teacher[0], teacher[1], teacher[2]},
                                        student,
                                        T);
        try (NDManager manager = DjlEngines.newManager(Device.cpu())) {
            Shape shape = new Shape(1, 3);
            NDArray loss =
                    Losses.distilled(
                            manager.create(new float[] {1, -1, 0.5f}, shape),
                            manager.create(new float[] {0, 1, 0}, shape),
                            manager.create(teacher, shape),
                            distillation);
            assertThat((double) loss.getFloat()).isCloseTo(expected, within(1e-5));
        }
    }

    private static double crossEntropy(double[] targets, double[] logits, double T) {
        double sum = 0;
        for (double logit : logits) {
            sum += Math.exp(logit / T);
        }
        double loss = 0;
        for (int c = 0; c < targets.length; c++) {
            loss -= targets[c] * (logits[c] / T - Math.log(sum));
        }
        return loss;
    }
}
