package io.dmst.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dmst.core.checkpoint.ModelDirectory;
import io.dmst.core.checkpoint.Safetensors;
import io.dmst.core.checkpoint.Tensor;
import io.dmst.core.checkpoint.TensorMap;
import io.dmst.core.typicality.DriftWindow;
import io.dmst.core.typicality.Reference;
import io.dmst.core.typicality.ReferenceFile;
import io.dmst.core.typicality.Typicality;
import io.dmst.core.typicality.Verdict;
import io.dmst.lab.study.Observation;
import io.dmst.lab.train.data.EvaluationImages;
import io.dmst.lab.train.data.LabelledImage;
import io.dmst.serve.predict.InferenceProperties.EngineName;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.hipparchus.distribution.continuous.UniformRealDistribution;
import org.hipparchus.stat.inference.KolmogorovSmirnovTest;
import org.junit.jupiter.api.Test;

/**
 * The bundled model's reference against what its layers said of 1,024 of CIFAR-10's test images,
 * chosen by chance, of which the reference knows nothing. The images themselves are not committed.
 */
class BundledReferenceTests {

    private static final Path VECTORS =
            Path.of("src/test/resources/typicality/cifar10-test-vectors.safetensors");

    private static final int IMAGES = 1_024;
    private static final int WINDOW = 256;
    private static final String DIGEST = "dmst.model.digest";

    private static final ModelDirectory BUNDLED = ModelDirectory.bundled("dmst-cifar10");

    private final Reference reference = ReferenceFile.read(BUNDLED.reference().orElseThrow());
    private final Typicality typicality = new Typicality(reference);

    private List<double[]> vectors() throws IOException {
        TensorMap file = Safetensors.read(VECTORS);
        assertThat(file.metadata())
                .as("-Dvectors.update=CIFAR.zip writes them anew")
                .containsEntry(DIGEST, BUNDLED.digest());
        int length = reference.components().length();
        double[] all = file.get("vectors", IMAGES, length).toDoubles();
        return IntStream.range(0, IMAGES)
                .mapToObj(i -> Arrays.copyOfRange(all, i * length, (i + 1) * length))
                .toList();
    }

    @Test
    void itIsOfTheBundledModel() {
        assertThat(reference.origin().modelDigest()).isEqualTo(BUNDLED.digest());
    }

    @Test
    void typicalityOfTestImagesIsUniform() throws IOException {
        double[] found = vectors().stream().mapToDouble(typicality::of).toArray();
        double p =
                new KolmogorovSmirnovTest()
                        .kolmogorovSmirnovTest(new UniformRealDistribution(0, 1), found);
        assertThat(p).isGreaterThan(0.01);
    }

    private List<Verdict> verdicts(List<double[]> vectors) {
        DriftWindow window = new DriftWindow(typicality, WINDOW, 0.001);
        List<Verdict> verdicts = new ArrayList<>();
        for (double[] vector : vectors) {
            Verdict verdict = window.add(vector, typicality.of(vector));
            if (verdict != null) {
                verdicts.add(verdict);
            }
        }
        return verdicts;
    }

    @Test
    void windowsOfTestImagesAreQuietAndOfOneLayerRaisedAreNot() throws IOException {
        assertThat(verdicts(vectors())).hasSize(IMAGES / WINDOW).noneMatch(Verdict::alarm);
        List<double[]> raised =
                vectors().stream()
                        .map(vector -> {
                            vector[reference.components().codingRate(1)] += 3;
                            return vector;
                        })
                        .toList();
        List<Verdict> verdicts = verdicts(raised);
        assertThat(verdicts.getFirst().images()).isLessThan(WINDOW);
        assertThat(verdicts).allMatch(Verdict::alarm);
    }

    @Test
    void theVectorsAreWrittenAnewOnRequest() throws IOException {
        String wanted = System.getProperty("vectors.update");
        assumeTrue(wanted != null, "-Dvectors.update=CIFAR.zip writes the vectors anew");
        try (EvaluationImages images = EvaluationImages.open(Path.of(wanted), BUNDLED.labels());
                LocalModel model = new LocalModel(BUNDLED, EngineName.ONNXRUNTIME)) {
            List<LabelledImage> some = new ArrayList<>(images.images());
            Collections.shuffle(some, new Random(1));
            List<Observation> seen =
                    new LayerRun(model, new PrintWriter(System.err, true))
                            .of("vectors", some.subList(0, IMAGES));
            float[] values = new float[IMAGES * reference.components().length()];
            int at = 0;
            for (Observation observation : seen) {
                for (double value : observation.vector()) {
                    values[at++] = (float) value;
                }
            }
            Tensor vectors = Tensor.of(values, IMAGES, reference.components().length());
            Safetensors.write(
                    VECTORS, Map.of("vectors", vectors), Map.of(DIGEST, BUNDLED.digest()));
        }
    }
}
