package io.dmst.core.typicality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmst.core.checkpoint.CheckpointException;
import io.dmst.core.checkpoint.ModelDirectory;
import io.dmst.core.checkpoint.Safetensors;
import io.dmst.core.checkpoint.Tensor;
import io.dmst.core.checkpoint.TensorMap;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReferenceFileTests {

    @TempDir private Path directory = Path.of("");

    private Path file() {
        return directory.resolve(ModelDirectory.REFERENCE);
    }

    @Test
    void everyBitSurvivesTheFile() throws IOException {
        Reference reference = Vectors.reference(500);
        ReferenceFile.write(directory, reference);
        assertThat(ReferenceFile.read(Safetensors.read(file())))
                .usingRecursiveComparison()
                .isEqualTo(reference);
    }

    private void assertRefused(String message, Consumer<Map<String, Tensor>> damage)
            throws IOException {
        ReferenceFile.write(directory, Vectors.reference(500));
        TensorMap whole = Safetensors.read(file());
        Map<String, Tensor> tensors = new TreeMap<>(whole.tensors());
        damage.accept(tensors);
        TensorMap damaged = new TensorMap("reference", new TreeMap<>(tensors), whole.metadata());
        assertThatThrownBy(() -> ReferenceFile.read(damaged))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining(message);
    }

    @Test
    void aFileThatIsNoReferenceIsRefusedInWords() throws IOException {
        assertRefused("no tensor 'mean'", tensors -> tensors.remove("mean"));
        assertRefused(
                "positive definite",
                tensors -> tensors.put("covariance", Tensor.ofDoubles(new double[64], 8, 8)));
        assertRefused(
                "must ascend",
                tensors -> tensors.put("distances", Tensor.ofDoubles(new double[] {2, 1}, 2)));
        assertRefused(
                "must be finite",
                tensors -> {
                    double[] mean = new double[8];
                    mean[3] = Double.NaN;
                    tensors.put("mean", Tensor.ofDoubles(mean, 8));
                });
        assertRefused(
                "0 layers", tensors -> tensors.put("layers", Tensor.ofLongs(new long[] {0, 3}, 2)));
        assertRefused(
                "must have the shape",
                tensors -> tensors.put("layers", Tensor.ofLongs(new long[] {2, 4}, 2)));
        TensorMap nameless = new TensorMap("reference", new TreeMap<>(), Map.of());
        assertThatThrownBy(() -> ReferenceFile.read(nameless)).hasMessageContaining("layers");
    }
}
