package io.dmst.core.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Lack of memory is no fault of the file. */
class LowMemoryTests {

    /** Runs in a process of its own, with a heap smaller than the picture. */
    public static void main(String[] arguments) {
        ImageDecoder decoder =
                new ImageDecoder(new ImageLimits(1 << 20, 50_000_000, 100), 2_000_000_000L);
        try {
            System.out.println(decoder.decode(Samples.damaged("png-49m-pal-trns.png")));
        } catch (OutOfMemoryError expected) {
            System.out.println("OutOfMemoryError");
        }
    }

    @Test
    void aHeapThatIsTooSmallIsNotReportedAsDamage() throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx32m",
                                "-cp",
                                System.getProperty("java.class.path"),
                                LowMemoryTests.class.getName())
                        .redirectErrorStream(true)
                        .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).as(output).isZero();
        assertThat(output.trim()).isEqualTo("OutOfMemoryError");
    }

    @Test
    void nativeMemoryThatIsLackingIsNotReportedAsDamage() {
        RuntimeException lacking =
                new RuntimeException(
                        "OpenCV(4.13.0) alloc.cpp:73: error: (-4:Insufficient memory) Failed to allocate 75000000 bytes");

        assertThatThrownBy(() -> OpenCvCodec.refusal(ImageFormat.WEBP, lacking))
                .isInstanceOf(OutOfMemoryError.class)
                .hasMessageContaining("Failed to allocate");
        assertThat(OpenCvCodec.refusal(ImageFormat.WEBP, new RuntimeException("assertion failed")))
                .isInstanceOf(Refusal.class);
    }
}
