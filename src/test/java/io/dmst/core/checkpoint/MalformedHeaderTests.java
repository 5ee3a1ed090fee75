package io.dmst.core.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class MalformedHeaderTests {

    private static final int BUFFER = 16;

    @TempDir private Path folder;

    @ParameterizedTest(name = "{0} -> {1}")
    @MethodSource
    void headersAreRefusedForWhatIsWrong(String header, String message) {
        byte[] file = SafetensorsTests.file(header.replace('\'', '"'), BUFFER);
        assertThatThrownBy(() -> Safetensors.read(file, "some.safetensors"))
                .isInstanceOf(CheckpointException.class)
                .hasMessageStartingWith("some.safetensors: ")
                .hasMessageContaining(message);
    }

    static Stream<Arguments> headersAreRefusedForWhatIsWrong() {
        return Stream.of(json(), entries(), shapes(), offsets()).flatMap(s -> s).map(Arguments::of);
    }

    private static Stream<Object[]> json() {
        return rows(
                new String[][] {
                    {"", "must be a JSON object"},
                    {"[]", "must be a JSON object"},
                    {" {}", "must be a JSON object"},
                    {"{", "not valid JSON"},
                    {"{} {}", "more behind"},
                    {"{}\0", "not valid JSON"},
                    {"{'a':1}", "'a': its entry must be a JSON object"},
                    {"{'a':null}", "'a': its entry must be a JSON object"},
                    {"{'__metadata__':[]}", "__metadata__ must be an object of strings"},
                    {"{'__metadata__':{'epoch':3}}", "but 'epoch' is none"},
                    {"{'__metadata__':{'e':'1','e':'2'}}", "Duplicate Object property \"e\""},
                    {"{" + f32("a", 0, 16) + "," + f32("a", 0, 16) + "}", "property \"a\""},
                    {"{'a':{'x':" + "[".repeat(5000) + "]".repeat(5000) + "}}", "nesting depth"},
                });
    }

    private static Stream<Object[]> entries() {
        return rows(
                new String[][] {
                    {entry("'Q4'", "[4]", "[0,16]"), "'a': dtype must be one of [U8, F16, BF16"},
                    {entry("'f32'", "[4]", "[0,16]"), "not 'f32'"},
                    {entry("7", "[4]", "[0,16]"), "'a': dtype must be a string"},
                    {"{'a':{'shape':[4],'data_offsets':[0,16]}}", "'a': dtype is missing"},
                    {"{'a':{'dtype':'F32','data_offsets':[0,16]}}", "'a': shape is missing"},
                    {"{'a':{'dtype':'F32','shape':[4]}}", "'a': data_offsets is missing"},
                    {"{'a':{'dtype':'F32','dtype':'F16'}}", "property \"dtype\""},
                });
    }

    private static Stream<Object[]> shapes() {
        return rows(
                new String[][] {
                    {entry("'F32'", "4", "[0,16]"), "'a': shape must be an array"},
                    {entry("'F32'", "[4.0]", "[0,16]"), "'a': shape must hold integers only"},
                    {entry("'F32'", "[[4]]", "[0,16]"), "'a': shape must hold integers only"},
                    {entry("'F32'", "[null]", "[0,16]"), "'a': shape must hold integers only"},
                    {entry("'F32'", "[-4]", "[0,16]"), "'a': shape [-4] must hold dimensions"},
                    {entry("'F32'", "[-2,-2]", "[0,16]"), "'a': shape [-2, -2] must hold"},
                    {entry("'F32'", "[4294967300]", "[0,16]"), "'a': shape [4294967300] must"},
                    {entry("'F32'", "[99999999999999999999]", "[0,16]"), "'a': shape exceeds 64"},
                    {
                        entry("'F32'", "[2147483647,2147483647,2147483647]", "[0,16]"),
                        "'a': the size of shape [2147483647, 2147483647, 2147483647] overflows"
                    },
                    {entry("'F64'", "[2147483648,1073741824]", "[0,0]"), "'a': shape"},
                    {
                        entry("'F64'", "[2147483647,1610612736]", "[0,0]"),
                        "'a': the size of shape [2147483647, 1610612736] overflows"
                    },
                    {
                        entry("'F32'", "[" + "1,".repeat(64) + "4]", "[0,16]"),
                        "'a': shape must have at most 64 numbers"
                    },
                    {entry("'F32'", "[5]", "[0,16]"), "'a': F32[5] takes 20 bytes"},
                    {entry("'F16'", "[4]", "[0,16]"), "[0, 16] give 16"},
                    {entry("'F32'", "[]", "[0,16]"), "'a': F32[] takes 4 bytes"},
                    {entry("'F32'", "[0]", "[0,16]"), "'a': F32[0] takes 0 bytes"},
                });
    }

    private static Stream<Object[]> offsets() {
        return rows(
                new String[][] {
                    {entry("'F32'", "[4]", "[0]"), "'a': data_offsets must be [begin, end]"},
                    {entry("'F32'", "[4]", "[0,16,32]"), "'a': data_offsets must have at most 2"},
                    {entry("'F32'", "[4]", "[0,1e1]"), "'a': data_offsets must hold integers"},
                    {entry("'F32'", "[4]", "[16,0]"), "0 ≤ begin ≤ end, not [16, 0]"},
                    {entry("'F32'", "[4]", "[-16,0]"), "0 ≤ begin ≤ end, not [-16, 0]"},
                    {
                        entry("'F32'", "[4]", "[-9223372036854775808,9223372036854775807]"),
                        "0 ≤ begin ≤ end"
                    },
                    {entry("'F32'", "[4]", "[16,32]"), "'a': data_offsets end at 32, but"},
                    {entry("'F32'", "[5]", "[0,20]"), "the buffer has 16 bytes"},
                    {entry("'F32'", "[3]", "[4,16]"), "'a': data_offsets must begin at 0, but 4"},
                    {entry("'F32'", "[3]", "[0,12]"), "it has 16 bytes (4 too many)"},
                    {"{}", "it has 16 bytes (16 too many)"},
                    {
                        "{" + f32("a", 0, 12) + "," + f32("b", 8, 16) + "}",
                        "'b': data_offsets must begin at 12, but 8 overlaps tensor 'a'"
                    },
                    {"{" + f32("a", 0, 16) + "," + f32("b", 0, 16) + "}", "overlaps tensor 'a'"},
                    {
                        "{" + f32("a", 0, 8) + "," + f32("b", 12, 16) + "}",
                        "'b': data_offsets must begin at 8, but 12 leaves a hole behind tensor 'a'"
                    },
                    {"{" + f32("a", 0, 16) + "," + f32("b", 8, 8) + "}", "'b': data_offsets must"},
                });
    }

    @Test
    void keysThatTheFormatDoesNotKnowArePassedOver() {
        String header =
                "{\"a\":{\"dtype\":\"F32\",\"strides\":{\"x\":[1]},\"shape\":[2,2],\"data_offsets\":[0,16]}}  ";
        TensorMap read = Safetensors.read(SafetensorsTests.file(header, BUFFER), "future");
        assertThat(read.get("a", 2, 2).toFloats()).hasSize(4);
    }

    @Test
    void aHeaderMustBeUtf8() {
        byte[] file = SafetensorsTests.file("{\"a\":{}}", 0);
        file[10] = (byte) 0xff;
        assertThatThrownBy(() -> Safetensors.read(file, "latin"))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("UTF-8");
        byte[] wide = SafetensorsTests.file("", 4);
        System.arraycopy("{\0}\0".getBytes(StandardCharsets.UTF_8), 0, wide, 8, 4);
        wide[0] = 4;
        assertThatThrownBy(() -> Safetensors.read(wide, "utf-16"))
                .isInstanceOf(CheckpointException.class);
    }

    @Test
    void aHeaderLengthBeyondTheLimitOrTheFileIsRefusedBeforeItIsRead() throws IOException {
        assertRefused(-1, "18446744073709551615");
        assertRefused(Long.MIN_VALUE, "9223372036854775808");
        assertRefused(100_000_001, "may have 100000000 bytes");
        assertRefused(100_000_000, "the file ends after 2 of them");
        Path file = folder.resolve("sparse");
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(200_000_000);
            sparse.write(length(100_000_001));
        }
        assertThatThrownBy(() -> Safetensors.read(file))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("its length says 100000001");
    }

    private static void assertRefused(long length, String message) {
        byte[] file = SafetensorsTests.file("{}", 0);
        System.arraycopy(length(length), 0, file, 0, 8);
        assertThatThrownBy(() -> Safetensors.read(file, "long"))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining(message);
    }

    private static byte[] length(long length) {
        return ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(length).array();
    }

    private static String entry(String dtype, String shape, String offsets) {
        return "{'a':{'dtype':%s,'shape':%s,'data_offsets':%s}}".formatted(dtype, shape, offsets);
    }

    private static String f32(String name, int begin, int end) {
        return "'%s':{'dtype':'F32','shape':[%d],'data_offsets':[%d,%d]}"
                .formatted(name, (end - begin) / 4, begin, end);
    }

    private static Stream<Object[]> rows(Object[][] rows) {
        return Stream.of(rows);
    }
}
