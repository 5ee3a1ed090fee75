package io.dmst.core.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.dmst.core.image.DecodeMemory.Lease;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DecodeMemoryTests {
    private static final ImageLimits LIMITS = new ImageLimits(1 << 10, 10_000, 100);
    private static final ImageHeader LARGEST =
            new ImageHeader(100, 100, Orientation.NORMAL, List.of());

    private final DecodeMemory memory = new DecodeMemory(300_000, LIMITS);

    @Test
    void aDecodeWaitsUntilAnotherIsOver() throws InterruptedException {
        CountDownLatch leased = new CountDownLatch(1);
        Thread second = new Thread(() -> leaseAndRelease(leased));
        try (Lease first = memory.lease(LARGEST, 0)) {
            second.start();
            assertThat(leased.await(100, TimeUnit.MILLISECONDS)).as("held by " + first).isFalse();
        }
        assertThat(leased.await(10, TimeUnit.SECONDS)).isTrue();
        second.join();
    }

    @Test
    void anInterruptedWaitIsCancelled() {
        try (Lease first = memory.lease(LARGEST, 0)) {
            Thread.currentThread().interrupt();
            assertThatExceptionOfType(CancellationException.class)
                    .as("held by " + first)
                    .isThrownBy(() -> memory.lease(LARGEST, 0));
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void aSmallPictureWaitsForNobody() throws InterruptedException {
        ImageDecoder decoder = new ImageDecoder(LIMITS, memory);
        byte[] small = PngEncoder.encode(new RgbImage(8, 8, new byte[192]));
        byte[] large = PngEncoder.encode(new RgbImage(80, 80, new byte[80 * 80 * 3]));
        CountDownLatch decoded = new CountDownLatch(1);
        Thread waiting =
                new Thread(() -> {
                    decoder.decode(large);
                    decoded.countDown();
                });
        try (Lease all = memory.lease(LARGEST, 0)) {
            waiting.start();
            assertThat(decoder.quick(MemorySegment.ofArray(small))).isTrue();
            assertThat(decoder.decode(small)).isInstanceOf(Decoded.Picture.class);
            assertThat(decoder.quick(MemorySegment.ofArray(large))).isFalse();
            assertThat(decoded.await(100, TimeUnit.MILLISECONDS)).as("held by " + all).isFalse();
        }
        assertThat(decoded.await(10, TimeUnit.SECONDS)).isTrue();
        waiting.join();
    }

    @Test
    void memoryBelowTheLargestPictureIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new DecodeMemory(240_000, LIMITS))
                .withMessageContaining("expected at least");
        assertThat(new ImageDecoder()).as("the defaults fit").isNotNull();
    }

    private void leaseAndRelease(CountDownLatch leased) {
        try (Lease lease = memory.lease(LARGEST, 0)) {
            assertThat(lease).isNotNull();
            leased.countDown();
        }
    }
}
