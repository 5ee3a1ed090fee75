package io.dmst.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmst.core.checkpoint.ModelCard;
import io.dmst.core.checkpoint.ModelConfig;
import io.dmst.core.checkpoint.ModelDirectory;
import io.dmst.core.checkpoint.Safetensors;
import io.dmst.core.image.PngEncoder;
import io.dmst.core.image.RgbImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluateCommandTests {

    private static final Path GOLDEN = Path.of("src/test/resources/golden");
    private static final List<String> LABELS = List.of("a", "b", "c", "d", "e", "f", "g");

    @TempDir private Path directory = Path.of("");
    private Path model = Path.of("");
    private Path data = Path.of("");

    @BeforeEach
    void writeModelAndImages() throws IOException {
        model = directory.resolve("model");
        ModelDirectory.write(
                model,
                ModelConfig.read(GOLDEN.resolve("tost-micro-p8.json")),
                Safetensors.read(GOLDEN.resolve("tost-micro-p8.safetensors")).tensors(),
                LABELS,
                new ModelCard(Map.of("name", "micro"), "text"));
        data = directory.resolve("images");
        SplittableRandom random = new SplittableRandom(1);
        for (String label : LABELS) {
            Path folder = Files.createDirectories(data.resolve(label));
            for (int i = 0; i < 4; i++) {
                byte[] rgb = new byte[40 * 50 * 3];
                random.nextBytes(rgb);
                Files.write(
                        folder.resolve(i + ".png"), PngEncoder.encode(new RgbImage(40, 50, rgb)));
            }
        }
    }

    @Test
    void countsEveryImageAndComparesTheEngines() {
        Console run = Console.run("evaluate", "--model", model, "--data", data, "--compare", "djl");

        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.out())
                .containsPattern("(?m)^g +4 ")
                .containsPattern("(?m)^all +28 +\\d+\\.\\d\\d %$")
                .containsPattern("largest difference .* [0-9.]+e-0[6-9] over 28 images");
    }

    @Test
    void enginesThatDifferByMoreThanAllowedAreAFailure() {
        Console run =
                Console.run(
                        "evaluate",
                        "--model",
                        model,
                        "--data",
                        data,
                        "--compare",
                        "djl",
                        "--tolerance",
                        "-1");
        assertThat(run.status()).isEqualTo(1);
    }

    @Test
    void whatCannotBeJudgedIsNamed() throws IOException {
        Files.writeString(data.resolve("a/broken.jpg"), "no image");
        Files.createDirectories(data.resolve("unknown"));

        Console run = Console.run("evaluate", "--model", model, "--data", data);

        assertThat(run.status()).isZero();
        assertThat(run.err()).contains("broken.jpg").contains("unknown: no such class");
        assertThat(run.out()).contains("1 images could not be classified").contains("all");
    }

    @Test
    void onePartOfPlainFoldersIsJudgedByItself() {
        for (String part : List.of("test", "validation", "train")) {
            Console run =
                    Console.run(
                            "evaluate",
                            "--model",
                            model,
                            "--data",
                            data,
                            "--split",
                            "seeded",
                            "--validation",
                            "0.25",
                            "--test",
                            "0.25",
                            "--split-part",
                            part);
            assertThat(run.status()).as(run.err()).isZero();
            assertThat(run.out())
                    .containsPattern("(?m)^all +" + (part.equals("train") ? 14 : 7) + " ");
        }
        Console wrong = Console.run("evaluate", "--model", model, "--data", data, "--test", "1.5");
        assertThat(wrong.status()).isEqualTo(1);
        assertThat(wrong.err()).contains("leave some for training, not 0.1 and 1.5");
    }

    @Test
    void theCardTakesTheAccuracy() throws IOException {
        Console run = Console.run("evaluate", "--model", model, "--data", data, "--write-card");

        assertThat(run.status()).as(run.err()).isZero();
        assertThat(ModelDirectory.read(model).card().frontMatter())
                .containsEntry("name", "micro")
                .containsEntry("accuracy_images", 28)
                .containsEntry("accuracy_engine", "onnxruntime")
                .containsKey("accuracy");
    }

    @Test
    void aLimitTakesImagesOfAllClasses() {
        Console run = Console.run("evaluate", "--model", model, "--data", data, "--limit", 7);
        assertThat(run.out()).containsPattern("(?m)^a +1 ").containsPattern("(?m)^g +1 ");
    }

    @Test
    void aLimitOfNoImagesIsWrongUsage() {
        Console run = Console.run("evaluate", "--model", model, "--data", data, "--limit", 0);
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err()).contains("--limit must be at least 1");
    }

    @Test
    void classifyNamesWhatIsInFilesAndWhatIsNone() throws IOException {
        Path text = Files.writeString(directory.resolve("notes.txt"), "hello");

        Console good = Console.run("classify", "--model", model, data.resolve("a/0.png"));
        Console mixed =
                Console.run(
                        "classify",
                        "--model",
                        model,
                        "--engine",
                        "djl",
                        data.resolve("a/0.png"),
                        text,
                        directory.resolve("absent.jpg"));

        assertThat(good.status()).as(good.err()).isZero();
        assertThat(mixed.status()).isEqualTo(1);
        assertThat(mixed.out().lines().toList())
                .hasSize(3)
                .first()
                .asString()
                .isEqualTo(good.out().strip());
        assertThat(mixed.out()).contains("notes.txt\t").contains("there is no such file");
    }
}
