package io.dmst.core.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmst.core.checkpoint.ModelDirectory;
import io.dmst.core.onnx.OnnxExport;
import java.util.Optional;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

/** Which device a name means, with and without a GPU. */
class DeviceTests {

    private static final IntFunction<Optional<String>> WORKS = gpu -> Optional.empty();
    private static final IntFunction<Optional<String>> FAILS =
            gpu -> Optional.of("no CUDA-capable device is detected");
    private static final IntFunction<Optional<String>> UNTRIED =
            gpu -> {
                throw new AssertionError("no GPU is to be tried");
            };

    @Test
    void theProcessorIsTakenWithoutTryingAnythingElse() {
        assertThat(Device.choose("cpu", true, UNTRIED)).isEqualTo(Device.CPU);
        assertThat(Device.choose("auto", false, UNTRIED)).isEqualTo(Device.CPU);
        assertThat(Device.CPU.label()).isEqualTo("cpu");
    }

    @Test
    void aGpuThatComputesIsTaken() {
        assertThat(Device.choose("auto", true, WORKS).label()).isEqualTo("cuda:0");
        assertThat(Device.choose("cuda:3", true, WORKS).label()).isEqualTo("cuda:3");
        assertThat(Device.choose("cuda:3", true, WORKS).gpu()).isTrue();
    }

    @Test
    void autoFallsBackAndSaysSo() {
        Device device = Device.choose("auto", true, FAILS);

        assertThat(device.gpu()).isFalse();
        assertThat(device.label()).isEqualTo("cpu-fallback");
        assertThat(device.fallback()).contains("no CUDA-capable device");
    }

    @Test
    void aNamedGpuThatDoesNotComputeStopsTheStartAndSaysWhatToDo() {
        assertThatThrownBy(() -> Device.choose("cuda:0", true, FAILS))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cuda:0")
                .hasMessageContaining("no CUDA-capable device")
                .hasMessageContaining("nvidia-smi")
                .hasMessageContaining("--gpus");
        assertThatThrownBy(() -> Device.choose("cuda:0", false, UNTRIED))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("-Pgpu");
    }

    @Test
    void anEngineWithoutCudaRefusesAGpuInWords() {
        byte[] graph = OnnxExport.of(ModelDirectory.bundled("dmst-cifar10")).classify();

        assertThat(OnnxSession.hasCuda()).isFalse();
        assertThat(OnnxSession.refusal(graph, 0))
                .hasValueSatisfying(reason -> assertThat(reason).isNotBlank());
    }
}
