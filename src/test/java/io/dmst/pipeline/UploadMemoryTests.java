package io.dmst.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.EOFException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UploadMemoryTests {

    private static final int BLOCK = 100_000;

    private final UploadMemory memory = new UploadMemory();

    private static Exchange exchange() {
        return new Exchange("http", "a", "/v1/classify");
    }

    private static void over(Exchange exchange) {
        exchange.record(new SimpleMeterRegistry());
    }

    private Upload upload(int length, int value, Exchange exchange) {
        byte[] sent = new byte[length];
        Arrays.fill(sent, (byte) value);
        return memory.filled(length, exchange, buffer -> buffer.put(sent));
    }

    private static Optional<byte[]> bytes(Upload upload) {
        return upload.read(bytes -> bytes.toArray(ValueLayout.JAVA_BYTE));
    }

    private static long address(Upload upload) {
        return upload.read(MemorySegment::address).orElseThrow();
    }

    /** On the heap, in blocks and, above the last two, each for itself. */
    @ParameterizedTest
    @ValueSource(
            ints = {0, 1, 8_192, 8_193, 16_384, 16_385, BLOCK, 1 << 20, (1 << 20) + 1, 3_000_000})
    void whatIsReadIsWhatCame(int length) {
        Exchange exchange = exchange();
        Upload upload = upload(length, 7, exchange);
        byte[] expected = new byte[length];
        Arrays.fill(expected, (byte) 7);

        assertThat(upload.length()).isEqualTo(length);
        assertThat(bytes(upload)).hasValue(expected);
        assertThat(upload.read(MemorySegment::isNative)).hasValue(length > 8_192);
        over(exchange);
        assertThat(bytes(upload)).isEmpty();
    }

    @Test
    void ofASourceThatEndsEarlyThereIsWhatCame() {
        Upload upload = memory.filled(BLOCK, exchange(), buffer -> buffer.put(new byte[20_000]));

        assertThat(bytes(upload)).hasValue(new byte[20_000]);
    }

    @Test
    void aBlockIsUsedAgainWhenItsRequestIsOver() {
        Exchange first = exchange();
        long address = address(upload(BLOCK, 1, first));
        Exchange second = exchange();
        Upload beside = upload(BLOCK, 2, second);
        assertThat(address(beside)).isNotEqualTo(address);

        over(first);

        assertThat(address(upload(BLOCK + 1, 3, exchange()))).isEqualTo(address);
        assertThat(bytes(beside).orElseThrow()).containsOnly(2);
    }

    @Test
    void aBlockThatIsReadIsNobodyElses() throws Exception {
        Exchange exchange = exchange();
        Upload upload = upload(BLOCK, 1, exchange);
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        CompletableFuture<byte[]> read =
                CompletableFuture.supplyAsync(() ->
                        upload.read(
                                        bytes -> {
                                            begun.countDown();
                                            await(goOn);
                                            return bytes.toArray(ValueLayout.JAVA_BYTE);
                                        })
                                .orElseThrow());
        begun.await();

        over(exchange);
        Upload next = upload(BLOCK, 2, exchange());
        goOn.countDown();

        assertThat(read.get()).containsOnly(1);
        assertThat(bytes(next).orElseThrow()).containsOnly(2);
        assertThat(bytes(upload)).isEmpty();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void theBlockOfASourceThatFailsIsFreeAgain() {
        long[] address = new long[1];
        assertThatThrownBy(() ->
                        memory.filled(
                                BLOCK,
                                exchange(),
                                buffer -> {
                                    address[0] = MemorySegment.ofBuffer(buffer).address();
                                    throw new EOFException("gone");
                                }))
                .isInstanceOf(EOFException.class);

        assertThat(address(upload(BLOCK, 1, exchange()))).isEqualTo(address[0]);
    }

    @Test
    void whatComesForARequestThatIsOverIsFreeAtOnce() {
        Exchange exchange = exchange();
        over(exchange);

        Upload upload = upload(BLOCK, 1, exchange);

        assertThat(bytes(upload)).isEmpty();
    }

    @Test
    void moreThanIsKeptIsReadAllTheSame() {
        int length = 1 << 20;
        List<Upload> uploads = new ArrayList<>();
        List<Exchange> exchanges = new ArrayList<>();
        for (int i = 0; i < UploadMemory.KEPT / length + 3; i++) {
            exchanges.add(exchange());
            uploads.add(upload(length, i, exchanges.getLast()));
        }
        for (int i = 0; i < uploads.size(); i++) {
            assertThat(bytes(uploads.get(i)).orElseThrow()).containsOnly(i);
        }
        exchanges.forEach(UploadMemoryTests::over);

        assertThat(uploads).allSatisfy(upload -> assertThat(bytes(upload)).isEmpty());
    }
}
