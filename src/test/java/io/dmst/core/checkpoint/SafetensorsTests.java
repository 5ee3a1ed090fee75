package io.dmst.core.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SafetensorsTests {

    private static final List<int[]> AWKWARD =
            List.of(
                    new int[] {},
                    new int[] {0},
                    new int[] {1},
                    new int[] {13, 207},
                    new int[] {3, 0, 5},
                    new int[] {207, 1, 13});

    @TempDir private Path folder;

    @ParameterizedTest
    @EnumSource
    void everyTypeAndShapeComesBackBitForBit(DType dtype) throws IOException {
        Map<String, Tensor> tensors = awkward(dtype, new Random(7));
        TensorMap read = writeAndRead(tensors, Map.of("note", "ä \"quoted\" \n line"));
        assertThat(read.tensors()).isEqualTo(tensors);
        assertThat(read.metadata()).isEqualTo(Map.of("note", "ä \"quoted\" \n line"));
    }

    @Test
    void mixedTypesLieAlignedAndComeBack() throws IOException {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (DType dtype : DType.values()) {
            awkward(dtype, new Random(dtype.ordinal()))
                    .forEach((name, tensor) -> tensors.put(dtype + "." + name, tensor));
        }
        Path file = folder.resolve("mixed.safetensors");
        Safetensors.write(file, tensors, Map.of());
        TensorMap read = Safetensors.read(file);
        assertThat(read.tensors()).isEqualTo(tensors);
        read.tensors()
                .forEach((name, tensor) ->
                        assertThat(tensor.segment().address() % tensor.dtype().bytes())
                                .as(name)
                                .isZero());
    }

    @Test
    void theSameContentGivesTheSameBytesInWhateverOrderItComes() throws IOException {
        Tensor a = Tensor.of(new float[] {1}, 1);
        Tensor b = Tensor.ofBytes(new byte[] {2}, 1);
        Map<String, Tensor> forth = new LinkedHashMap<>();
        forth.put("a", a);
        forth.put("b", b);
        Map<String, Tensor> back = new LinkedHashMap<>();
        back.put("b", b);
        back.put("a", a);
        Path first = folder.resolve("first");
        Path second = folder.resolve("second");
        Safetensors.write(first, forth, Map.of("x", "1", "y", "2"));
        Safetensors.write(second, back, Map.of("y", "2", "x", "1"));
        assertThat(second).hasSameBinaryContentAs(first);
        assertThat(ByteBuffer.wrap(Files.readAllBytes(first)).order(ByteOrder.LITTLE_ENDIAN))
                .satisfies(bytes -> assertThat(bytes.getLong(0) % 8).isZero());
    }

    @Test
    void noTensorAtAllIsAFileToo() throws IOException {
        assertThat(writeAndRead(Map.of(), Map.of()).names()).isEmpty();
        assertThat(Safetensors.read(file("{}", 0), "empty").names()).isEmpty();
    }

    @Test
    void aMissingTensorIsNamedWithTheOnesMostLikeIt() throws IOException {
        Tensor tensor = Tensor.of(new float[] {1, 2}, 2);
        TensorMap tensors =
                writeAndRead(
                        Map.of(
                                "blocks.0.attn.qkv.weight", tensor,
                                "blocks.1.attn.qkv.weight", tensor,
                                "blocks.0.attn.qkv.bias", tensor,
                                "head.bias", tensor,
                                "norm.weight", tensor),
                        Map.of());
        assertThatThrownBy(() -> tensors.get("blocks.0.attn.qvk.weight"))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("file.safetensors: no tensor 'blocks.0.attn.qvk.weight'")
                .hasMessageContaining("[blocks.0.attn.qkv.weight, blocks.1.attn.qkv.weight, ");
        assertThatThrownBy(() -> tensors.get("head.bias", 3))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("'head.bias' must have the shape [3], not [2]");
        assertThat(tensors.get("head.bias", 2)).isEqualTo(tensor);
        assertThat(tensors.contains("head.weight")).isFalse();
    }

    @Test
    void aFileThatIsNotThereOrNoFileIsNamed() {
        Path absent = folder.resolve("absent");
        assertThatThrownBy(() -> Safetensors.read(absent))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining(absent.toString());
        assertThatThrownBy(() -> Safetensors.read(folder))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(folder.toString());
    }

    @Test
    void aFileInUseCanBeReplaced() throws IOException {
        Path file = folder.resolve("file");
        Safetensors.write(file, Map.of("x", Tensor.of(new float[] {1}, 1)), Map.of());
        TensorMap former = Safetensors.read(file);
        Safetensors.write(file, Map.of("x", Tensor.of(new float[] {2}, 1)), Map.of());
        assertThat(former.get("x").toFloats()).containsExactly(1);
        assertThat(Safetensors.read(file).get("x").toFloats()).containsExactly(2);
    }

    @Test
    void whatCannotBeWrittenLeavesTheFormerFileAndNothingElse() throws IOException {
        Path file = folder.resolve("file");
        Tensor tensor = Tensor.of(new float[] {1}, 1);
        Safetensors.write(file, Map.of("x", tensor), Map.of());
        assertThatThrownBy(() -> Safetensors.write(file, Map.of("__metadata__", tensor), Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("__metadata__");
        assertThat(Safetensors.read(file).get("x")).isEqualTo(tensor);
        try (var left = Files.list(folder)) {
            assertThat(left).containsExactly(file);
        }
    }

    @Test
    void aTruncatedFileIsAlwaysRefused() throws IOException {
        byte[] valid = valid();
        int header = 8 + (int) ByteBuffer.wrap(valid).order(ByteOrder.LITTLE_ENDIAN).getLong(0);
        for (int length = 0; length < valid.length; length += length < header + 64 ? 1 : 97) {
            byte[] truncated = Arrays.copyOf(valid, length);
            assertThatThrownBy(() -> Safetensors.read(truncated, "cut"))
                    .as("%d of %d bytes", length, valid.length)
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageStartingWith("cut: ");
        }
        Path file = folder.resolve("cut");
        for (int length : new int[] {0, 7, 8, header - 1, header, valid.length - 1}) {
            Files.write(file, Arrays.copyOf(valid, length));
            assertThatThrownBy(() -> Safetensors.read(file))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining(file.toString());
        }
    }

    @Test
    void aDamagedHeaderIsRefusedOrStillValidButNeverAnythingElse() throws IOException {
        byte[] valid = valid();
        int header = 8 + (int) ByteBuffer.wrap(valid).order(ByteOrder.LITTLE_ENDIAN).getLong(0);
        Random random = new Random(11);
        for (int round = 0; round < 20_000; round++) {
            byte[] damaged = valid.clone();
            for (int hits = 1 + random.nextInt(3); hits > 0; hits--) {
                damaged[random.nextInt(header)] = (byte) random.nextInt(256);
            }
            assertThatCode(
                            () -> {
                                try {
                                    Safetensors.read(damaged, "damaged");
                                } catch (CheckpointException e) {
                                    assertThat(e).hasMessageStartingWith("damaged: ");
                                }
                            })
                    .doesNotThrowAnyException();
        }
    }

    static byte[] file(String header, int bufferBytes) {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + json.length + bufferBytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(json.length)
                .put(json)
                .array();
    }

    private byte[] valid() throws IOException {
        Path file = folder.resolve("valid");
        Safetensors.write(file, awkward(DType.F32, new Random(3)), Map.of("format", "pt"));
        return Files.readAllBytes(file);
    }

    private TensorMap writeAndRead(Map<String, Tensor> tensors, Map<String, String> metadata)
            throws IOException {
        Path file = folder.resolve("file.safetensors");
        Safetensors.write(file, tensors, metadata);
        return Safetensors.read(file);
    }

    private static Map<String, Tensor> awkward(DType dtype, Random random) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (int[] shape : AWKWARD) {
            int size = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
            byte[] raw = new byte[size * dtype.bytes()];
            random.nextBytes(raw);
            tensors.put("ünlike " + Arrays.toString(shape), Tensor.ofRaw(dtype, raw, shape));
        }
        return tensors;
    }
}
