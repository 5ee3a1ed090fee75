package io.dmst.cli;

import io.dmst.checkpoint.ModelConfig;
import io.dmst.checkpoint.ModelDirectory;
import io.dmst.inference.session.OnnxClassifier;
import io.dmst.onnx.OnnxExport;
import io.dmst.train.Distillation;
import io.dmst.train.Teacher;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The trained classifier that a network learns from, if there is one. */
final class TeacherOptions {

    @Option(
            names = "--teacher",
            paramLabel = "DIR|FILE.onnx",
            description = {
                "A model directory, or any ONNX classifier of the same classes in the same order."
                        + " What it says of --crops crops of each image is computed once."
            })
    private @Nullable Path teacher;

    @Option(
            names = "--distil",
            paramLabel = "SHARE",
            description = "The teacher's share in the loss (0.5).")
    private double share = 0.5;

    @Option(
            names = "--temperature",
            paramLabel = "T",
            description = "Class scores of both are divided by it (2).")
    private double temperature = Distillation.NONE.temperature();

    Distillation distillation() {
        return teacher == null ? Distillation.NONE : new Distillation(share, temperature);
    }

    /**
     * @param student whose preprocessing a classifier of normalised pixels gets
     * @throws IOException if the teacher cannot be read
     */
    Optional<Teacher> teacher(ModelConfig student, int threads) throws IOException {
        if (teacher == null) {
            return Optional.empty();
        }
        byte[] graph =
                Files.isDirectory(teacher)
                        ? OnnxExport.of(ModelDirectory.read(teacher)).plain()
                        : Files.readAllBytes(teacher);
        return Optional.of(
                new OnnxTeacher(
                        teacher.getFileName() + ", " + graph.length + " bytes",
                        new OnnxClassifier(graph, threads, student.preprocessing())));
    }

    /** A classifier as a teacher. */
    private record OnnxTeacher(String name, OnnxClassifier classifier) implements Teacher {

        @Override
        public int height() {
            return classifier.height();
        }

        @Override
        public int width() {
            return classifier.width();
        }

        @Override
        public float[] logits(float[] pixels, int images) throws IOException {
            return classifier.logits(pixels, images);
        }

        @Override
        public void close() {
            classifier.close();
        }
    }
}
