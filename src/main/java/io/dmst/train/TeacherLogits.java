package io.dmst.train;

import io.dmst.train.data.RowSource;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import me.tongfei.progressbar.ProgressBar;

/** A teacher's class scores of every crop of every image, computed once and kept on the disk. */
final class TeacherLogits implements Closeable {

    private static final int BATCH = 32;

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
     * @param classes of the student
     * @param stop ends the computation; what is computed is kept
     * @throws TrainingStopped if the training should end
     * @throws IOException if images cannot be read, the file not be written, or the teacher has
     *     other classes
     */
    static TeacherLogits of(
            Path path, Teacher teacher, FeatureCache.Crops wanted, int classes, StopSignal stop)
            throws IOException {
        FeatureFile file = new FeatureFile(path, classes);
        try {
            long all = wanted.records();
            try (ProgressBar bar = new ProgressBar("what the teacher says", all)) {
                bar.stepTo(file.records());
                for (long from = file.records(); from < all; from += BATCH) {
                    List<Rows.Choice> batch =
                            LongStream.range(from, Math.min(from + BATCH, all))
                                    .mapToObj(wanted::record)
                                    .toList();
                    stop.check();
                    append(file, teacher, batch);
                    bar.stepBy(batch.size());
                }
            }
            file.map();
            return new TeacherLogits(file, wanted.crops());
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private static void append(FeatureFile file, Teacher teacher, List<Rows.Choice> batch)
            throws IOException {
        float[] logits = teacher.logits(Rows.values(batch), batch.size());
        int classes = file.length();
        if (logits.length != batch.size() * classes) {
            throw new IOException(
                    "the teacher has %d classes, the data have %d: give a teacher of the same classes"
                            .formatted(logits.length / batch.size(), classes));
        }
        for (int i = 0; i < batch.size(); i++) {
            file.append(Arrays.copyOfRange(logits, i * classes, (i + 1) * classes));
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

    /** The same rows with what the teacher says as a last input. */
    RowSource taught(CropRows rows, Distillation distillation) {
        return new TaughtRows(rows, this, distillation);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
