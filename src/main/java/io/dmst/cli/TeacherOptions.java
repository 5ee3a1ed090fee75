package io.dmst.cli;

import io.dmst.core.checkpoint.ModelConfig;
import io.dmst.core.checkpoint.ModelDirectory;
import io.dmst.core.engine.OnnxClassifier;
import io.dmst.core.onnx.OnnxExport;
import io.dmst.lab.train.Distillation;
import io.dmst.lab.train.Teacher;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The trained classifier that a network learns from, if there is one. */
final class TeacherOptions {

    @Option(
            names = "--teacher",
            paramLabel = "DIR|FILE.onnx",
            description = {
                "A model directory of the same classes, or any ONNX classifier of the same classes in"
                        + " alphabetical order. Its scores for --crops crops of each image are"
                        + " computed once."
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
        if (Files.isDirectory(teacher)) {
            ModelDirectory model = ModelDirectory.read(teacher);
            byte[] graph = OnnxExport.of(model).plain();
            return Optional.of(
                    new OnnxTeacher(
                            model.config().name() + " " + model.digest(),
                            model.labels(),
                            new OnnxClassifier(graph, threads, student.preprocessing())));
        }
        byte[] graph = Files.readAllBytes(teacher);
        return Optional.of(
                new OnnxTeacher(
                        teacher.getFileName()
                                + " "
                                + ModelDirectory.sha256(MemorySegment.ofArray(graph)),
                        List.of(),
                        new OnnxClassifier(graph, threads, student.preprocessing())));
    }

    /** A classifier as a teacher. */
    private record OnnxTeacher(String name, List<String> labels, OnnxClassifier classifier)
            implements Teacher {

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
