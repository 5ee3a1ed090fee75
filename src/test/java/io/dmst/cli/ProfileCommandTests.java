package io.dmst.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmst.core.checkpoint.ModelCard;
import io.dmst.core.checkpoint.ModelConfig;
import io.dmst.core.checkpoint.ModelDirectory;
import io.dmst.core.checkpoint.Safetensors;
import io.dmst.core.image.PngEncoder;
import io.dmst.core.image.RgbImage;
import io.dmst.core.typicality.Reference;
import io.dmst.core.typicality.ReferenceFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProfileCommandTests {

    private static final Path GOLDEN = Path.of("src/test/resources/golden");
    private static final List<String> LABELS = List.of("a", "b", "c", "d", "e", "f", "g");

    @TempDir private Path directory = Path.of("");
    private Path data = Path.of("");

    @BeforeEach
    void writeImages() throws IOException {
        data = directory.resolve("images");
        SplittableRandom random = new SplittableRandom(1);
        for (String split : List.of("train", "test")) {
            for (String label : LABELS) {
                Path folder = Files.createDirectories(data.resolve(split).resolve(label));
                for (int i = 0; i < (split.equals("test") ? 10 : 7); i++) {
                    byte[] rgb = new byte[16 * 16 * 3];
                    random.nextBytes(rgb);
                    Files.write(
                            folder.resolve(i + ".png"),
                            PngEncoder.encode(new RgbImage(16, 16, rgb)));
                }
            }
        }
    }

    private Path model(String name) throws IOException {
        Path model = directory.resolve(name);
        ModelDirectory.write(
                model,
                ModelConfig.read(GOLDEN.resolve(name + ".json")),
                Safetensors.read(GOLDEN.resolve(name + ".safetensors")).tensors(),
                LABELS,
                ModelCard.EMPTY);
        return model;
    }

    @Test
    void theReferenceOfTheTestImagesLiesInTheModelsDirectoryAndIsItsOwn() throws IOException {
        Path model = model("tost-micro-p8");
        Files.writeString(data.resolve("test/a/broken.png"), "no image");

        Console run = Console.run("profile", "--model", model, "--data", data);

        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.out()).contains("covariance of 56 images, distances of 14 others");
        assertThat(run.err()).contains("broken.png");
        ModelDirectory profiled = ModelDirectory.read(model);
        Reference reference = ReferenceFile.read(profiled.reference().orElseThrow());
        assertThat(reference.origin().modelDigest()).isEqualTo(profiled.digest());
        assertThat(reference.origin().data()).isEqualTo("70 test images of images");
        assertThat(reference.components().layers()).isEqualTo(profiled.config().depth());
    }

    @Test
    void tooFewImagesOrNoMembershipsMakeNoReference() throws IOException {
        Path model = model("tost-micro-p8");
        Console few =
                Console.run(
                        "profile",
                        "--model",
                        model,
                        "--data",
                        data,
                        "--split-part",
                        "train",
                        "--validation",
                        "0");
        assertThat(few.status()).isEqualTo(1);
        assertThat(few.err()).contains("a reference needs at least 50 images, not 49");
        Console softmax = Console.run("profile", "--model", model("vit-micro-p8"), "--data", data);
        assertThat(softmax.status()).isEqualTo(1);
        assertThat(softmax.err()).contains("has no memberships");
        assertThat(ModelDirectory.read(model).reference()).isEmpty();
    }

    @Test
    void theBundledModelsReferenceNeedsAPlace() {
        Console run = Console.run("profile", "--data", data);
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err()).contains("--out is needed");
    }

    /** In a process of its own, as a user starts it: the training engine is the first one there. */
    @Test
    void aTrainingEndsWithTheReferenceOfItsTestImages() throws Exception {
        Path out = directory.resolve("trained");
        Path log = directory.resolve("train.log");
        Process training =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "-Dai.djl.offline=true",
                                "-DOPT_OUT_TRACKING=true",
                                "-cp",
                                System.getProperty(
                                        "surefire.test.class.path",
                                        System.getProperty("java.class.path")),
                                "io.dmst.DmstApplication",
                                "train",
                                "--data",
                                data.toString(),
                                "--out",
                                out.toString(),
                                "--set",
                                "embed_dim=16",
                                "--epochs",
                                "1",
                                "--batch-size",
                                "14",
                                "--threads",
                                "1")
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();

        assertThat(training.waitFor(5, TimeUnit.MINUTES)).isTrue();
        assertThat(training.exitValue()).as("%s", Files.readString(log)).isZero();
        ModelDirectory trained = ModelDirectory.read(out);
        Reference reference = ReferenceFile.read(trained.reference().orElseThrow());
        assertThat(reference.origin().modelDigest()).isEqualTo(trained.digest());
        assertThat(reference.origin().data()).isEqualTo("70 test images of images");
    }

    @Test
    void aStudyWritesItsTablesIntoADocumentAndWithoutAReferenceSaysSo() throws IOException {
        Path model = model("tost-micro-p8");
        Console missing = Console.run("study", "drift", "--model", model, "--data", data);
        assertThat(missing.status()).isEqualTo(1);
        assertThat(missing.err()).contains("the model has no reference");

        assertThat(Console.run("profile", "--model", model, "--data", data).status()).isZero();
        Path document =
                Files.writeString(
                        directory.resolve("drift.md"),
                        """
                        <!-- study: means -->
                        <!-- end of means -->
                        <!-- study: false alarms -->
                        <!-- end of false alarms -->
                        <!-- study: delays -->
                        <!-- end of delays -->
                        <!-- study: classes -->
                        <!-- end of classes -->
                        <!-- study: areas -->
                        <!-- end of areas -->
                        """);
        String[] study = {
            "study",
            "drift",
            "--model",
            model.toString(),
            "--data",
            data.toString(),
            "--photos",
            data.resolve("test").toString(),
            "--windows",
            "20",
            "--trials",
            "5",
            "--into",
            document.toString()
        };
        Files.createDirectories(data.resolve("test/other"));
        Files.copy(data.resolve("test/a/0.png"), data.resolve("test/other/0.png"));
        Console run = Console.run((Object[]) study);
        assertThat(run.status()).as(run.err()).isZero();
        String first = Files.readString(document);
        assertThat(first)
                .contains(
                        "| 64 | 0.1 % |",
                        "| Gaussian noise, σ = 32 |", "| photographs, other | 1 |");
        assertThat(Console.run((Object[]) study).status()).isZero();
        assertThat(Files.readString(document)).isEqualTo(first);
    }
}
