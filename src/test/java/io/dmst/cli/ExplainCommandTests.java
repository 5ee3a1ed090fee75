package io.dmst.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmst.core.checkpoint.ModelCard;
import io.dmst.core.checkpoint.ModelConfig;
import io.dmst.core.checkpoint.ModelDirectory;
import io.dmst.core.checkpoint.Safetensors;
import io.dmst.core.image.Decoded;
import io.dmst.core.image.ImageDecoder;
import io.dmst.core.onnx.RandomWeights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ExplainCommandTests {

    private static final Path GOLDEN = Path.of("src/test/resources/golden");
    private static final Path CAT = Path.of("src/test/resources/image/chelsea.png");
    private static final Path ROCKET = Path.of("src/test/resources/image/rocket.jpg");

    @TempDir private Path directory = Path.of("");
    private Path out = Path.of("");

    @BeforeEach
    void nameTheFolder() {
        out = directory.resolve("not/there");
    }

    private Path model(String name) throws IOException {
        Path model = directory.resolve(name);
        ModelDirectory.write(
                model,
                ModelConfig.read(GOLDEN.resolve(name + ".json")),
                Safetensors.read(GOLDEN.resolve(name + ".safetensors")).tensors(),
                List.of("a", "b", "c", "d", "e", "f", "g"),
                new ModelCard(Map.of(), ""));
        return model;
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(out)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void everyImageGetsItsFiles() throws IOException {
        Path model = model("tost-micro-p8");
        Console run = Console.run("explain", CAT, ROCKET, CAT, "--out", out, "--model", model);

        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.out()).contains("chelsea.png\t").contains("rocket.jpg\t");
        assertThat(files())
                .contains("chelsea.sheet.png", "chelsea-2.sheet.png", "rocket.sheet.png")
                .contains("rocket.maps.png", "rocket.segments.png", "rocket.rates.png")
                .contains("rocket.npz", "rocket.json")
                .doesNotContain("rocket.overlay.png")
                .hasSize(18);
        for (String file : files()) {
            if (file.endsWith(".png")) {
                assertThat(new ImageDecoder().decode(Files.readAllBytes(out.resolve(file))))
                        .isInstanceOf(Decoded.Picture.class);
            }
        }
        JsonNode json = JsonMapper.shared().readTree(out.resolve("rocket.json").toFile());
        assertThat(json.at("/grid/height").asInt()).isEqualTo(4);
        assertThat(json.at("/layers/0/membership/3")).hasSize(16);
        assertThat(json.at("/layers/1/R").asDouble()).isPositive();
        assertThat(Files.readAllBytes(out.resolve("chelsea.npz")))
                .isEqualTo(Files.readAllBytes(out.resolve("chelsea-2.npz")));
    }

    @Test
    void oneLayerAndGroupGetAPictureOfTheirOwn() throws IOException {
        Object model = model("tost-micro-p8");
        Console run =
                Console.run(
                        "explain",
                        CAT,
                        "--out",
                        out,
                        "--model",
                        model,
                        "--layers",
                        "last",
                        "--groups",
                        "2",
                        "--epsilon-squared",
                        "0.1",
                        "--engine",
                        "djl");

        assertThat(run.status()).as(run.err()).isZero();
        assertThat(files()).contains("chelsea.overlay.png");
        assertThat(Files.readString(out.resolve("chelsea.json")))
                .contains("\"epsilon_squared\":0.1");
    }

    @Test
    void softmaxAttentionIsExplainedAsFarAsItGoes() throws IOException {
        Path model = model("vit-micro-p8");
        Console run = Console.run("explain", CAT, "--out", out, "--model", model);

        assertThat(run.status()).as(run.err()).isZero();
        assertThat(files())
                .containsExactly(
                        "chelsea.json",
                        "chelsea.maps.png",
                        "chelsea.npz",
                        "chelsea.rates.png",
                        "chelsea.sheet.png");
    }

    private Path modelWithMembershipHead() throws IOException {
        ModelConfig config =
                ModelConfig.of(
                        Map.of(
                                "image_size", List.of(16, 24),
                                "patch_size", 4,
                                "embed_dim", 16,
                                "depth", 2,
                                "num_heads", 3,
                                "num_classes", 3,
                                "head", "membership"));
        Path model = directory.resolve("split");
        ModelDirectory.write(
                model,
                config,
                RandomWeights.of(config),
                List.of("cat", "red fox", "owl"),
                new ModelCard(Map.of(), ""));
        return model;
    }

    @Test
    void aClassThatIsNamedIsExplained() throws IOException {
        Path model = modelWithMembershipHead();
        Console run =
                Console.run("explain", CAT, "--out", out, "--model", model, "--class", "red fox");

        assertThat(run.status()).as(run.err()).isZero();
        assertThat(files()).contains("chelsea.contribution.png").hasSize(7);
        JsonNode json = JsonMapper.shared().readTree(out.resolve("chelsea.json").toFile());
        assertThat(json.at("/contribution_class/label").asString()).isEqualTo("red fox");
        assertThat(json.at("/contribution/2")).hasSize(24);
    }

    @Test
    void aClassThatTheModelDoesNotHaveIsWrongUsage() throws IOException {
        Path split = modelWithMembershipHead();
        Console run = Console.run("explain", CAT, "--out", out, "--model", split, "--class", "dog");
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err()).contains("dog", "cat, red fox, owl");

        Path other = model("tost-micro-p8");
        run = Console.run("explain", CAT, "--out", out, "--model", other, "--class", "a");
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err()).contains("membership head");
    }

    @Test
    void whatIsNoImageIsNamedAndTheOthersAreExplained() throws IOException {
        Path text = Files.writeString(directory.resolve("notes.txt"), "hello");
        Path model = model("tost-micro-p8");

        Console run =
                Console.run(
                        "explain",
                        text,
                        directory.resolve("absent.jpg"),
                        CAT,
                        "--out",
                        out,
                        "--model",
                        model);

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.out()).contains("notes.txt\t").contains("there is no such file");
        assertThat(files()).contains("chelsea.sheet.png").hasSize(6);
    }

    @Test
    void layersThatTheModelDoesNotHaveAreWrongUsage() throws IOException {
        Path model = model("tost-micro-p8");
        Console run = Console.run("explain", CAT, "--out", out, "--model", model, "--layers", "7");

        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err()).contains("layers must be all, last or numbers from 0 to 1");
    }
}
