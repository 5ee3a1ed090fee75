package io.dmst.lab.train;

import io.dmst.lab.train.data.RowSource;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A teacher's class scores of every crop of every image, computed once and kept on the disk. */
final class TeacherLogits implements Closeable {

    private final FeatureFile file;
    private final int crops;

    private TeacherLogits(FeatureFile file, int crops) {
        this.file = file;
        this.crops = crops;
    }

    /**
     * Computes what is missing.
     *
     * @param path of the file
     * @param wanted crops in the teacher's size, drawn as the student's are
     * @param labels of the student's classes
     * @param stop ends the computation; what is computed is kept
     * @throws TrainingStopped if the training should end
     * @throws IOException if images cannot be read, the file not be written, or the teacher has
     *     other classes
     */
    static TeacherLogits of(
            Path path,
            Teacher teacher,
            FeatureCache.Crops wanted,
            List<String> labels,
            StopSignal stop)
            throws IOException {
        int[] order = order(teacher, labels);
        FeatureFile file = new FeatureFile(path, labels.size());
        try {
            file.complete(
                    "class scores of the teacher",
                    wanted,
                    stop,
                    (target, batch) -> append(target, teacher, order, batch));
            return new TeacherLogits(file, wanted.crops());
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /** Place of each of the student's classes among the teacher's. */
    private static int[] order(Teacher teacher, List<String> labels) throws IOException {
        List<String> taught = teacher.labels().isEmpty() ? labels : teacher.labels();
        if (taught.size() != labels.size() || !taught.containsAll(labels)) {
            throw new IOException(
                    "the teacher's classes are %s, the data's are %s: give a teacher of the same classes"
                            .formatted(taught, labels));
        }
        return labels.stream().mapToInt(taught::indexOf).toArray();
    }

    private static void append(
            FeatureFile file, Teacher teacher, int[] order, List<ExampleRows.Choice> batch)
            throws IOException {
        float[] logits = teacher.logits(ExampleRows.values(batch), batch.size());
        int classes = order.length;
        if (logits.length != batch.size() * classes) {
            throw new IOException(
                    "the teacher has %d classes, the data have %d: give a teacher of the same classes"
                            .formatted(logits.length / batch.size(), classes));
        }
        for (int i = 0; i < batch.size(); i++) {
            float[] scores = new float[classes];
            for (int c = 0; c < classes; c++) {
                scores[c] = logits[i * classes + order[c]];
            }
            file.append(scores);
        }
    }

    /** Crops of each image. */
    int crops() {
        return crops;
    }

    /** Classes. */
    int classes() {
        return file.length();
    }

    /** Reads the scores of one crop. */
    void read(int image, int crop, float[] values, int at) {
        file.read((long) image * crops + crop, 0, values, at, file.length());
    }

    /** The same rows with the teacher's softened scores as a last input. */
    RowSource taught(CropRows rows, Distillation distillation) {
        return new TaughtRows(rows, this, distillation);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
