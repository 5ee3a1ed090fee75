package io.dmst.cli;

import io.dmst.core.typicality.Fit;
import io.dmst.core.typicality.Reference;
import io.dmst.core.typicality.ReferenceFile;
import io.dmst.lab.study.Observation;
import io.dmst.lab.train.data.LabelledImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;

/** Makes the reference of a model from images, on the path that serves. */
final class ReferenceRun {

    private ReferenceRun() {}

    /**
     * Writes the reference of a model.
     *
     * @param out directory of the file
     * @param data the images, for people
     * @param seed of the choice of the images held out
     * @param log receives what could not be read
     * @throws IllegalArgumentException if attention has no memberships or there are too few images
     */
    static Reference write(
            LocalModel model,
            Path out,
            List<LabelledImage> images,
            String data,
            long seed,
            PrintWriter log)
            throws IOException {
        LayerRun run = new LayerRun(model, log);
        List<double[]> vectors =
                run.of("profiling", images).stream().map(Observation::vector).toList();
        Reference reference =
                Fit.of(
                        new Reference.Origin(model.model().digest(), vectors.size() + " " + data),
                        run.components(),
                        vectors,
                        seed);
        ReferenceFile.write(out, reference);
        return reference;
    }
}
