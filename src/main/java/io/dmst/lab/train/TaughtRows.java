package io.dmst.lab.train;

import io.dmst.lab.train.data.RowSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * ExampleRows of images and, as a last input {@code [classes]}, a teacher's probabilities for the
 * same crop, so that both are mixed alike. Thread-safe.
 *
 * @param rows of the images
 * @param teacher of the same images and crops
 * @param distillation whose temperature the probabilities have
 */
record TaughtRows(CropRows rows, TeacherLogits teacher, Distillation distillation)
        implements RowSource {

    @Override
    public int size() {
        return rows.size();
    }

    @Override
    public int label(int image) {
        return rows.label(image);
    }

    @Override
    public List<int[]> shapes() {
        List<int[]> shapes = new ArrayList<>(rows.shapes());
        shapes.add(new int[] {teacher.classes()});
        return shapes;
    }

    @Override
    public void write(int image, List<float[]> inputs, int row, RandomGenerator random)
            throws IOException {
        int crop = random.nextInt(teacher.crops());
        rows.write(image, crop, inputs.subList(0, inputs.size() - 1), row, random);
        float[] soft = inputs.getLast();
        int classes = teacher.classes();
        teacher.read(image, crop, soft, row * classes);
        distillation.soften(soft, row * classes, classes);
    }
}
