package io.dmst.serve.http;

import static io.dmst.serve.http.Caller.CLASSIFY;
import static org.assertj.core.api.Assertions.assertThat;

import io.dmst.serve.http.Caller.Answer;
import io.dmst.serve.predict.BodyMemory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

/** Files that were made to break something; after each the server answers as before. */
@ServerTest
class HostileFilesIntegrationTests {

    private final Caller caller;
    private final BodyMemory memory;

    HostileFilesIntegrationTests(@LocalServerPort int port, @Autowired BodyMemory memory) {
        caller = new Caller(port);
        this.memory = memory;
    }

    @AfterEach
    void theServerStillAnswersAndKeepsNoMemory() throws InterruptedException {
        assertThat(caller.put(CLASSIFY, Pictures.red()).labels()).containsExactly("red");
        long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (memory.held() > 0) {
            assertThat(System.nanoTime()).as("bodies keep their memory").isLessThan(end);
            Thread.sleep(20);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"jpg", "png", "gif", "bmp"})
    void anImageCutOffAnywhereIsRefused(String format) {
        byte[] whole = Pictures.noise(format, 60);
        assertThat(caller.put(CLASSIFY, whole).status()).isEqualTo(200);
        for (int percent = 0; percent < 100; percent += 5) {
            byte[] part = Arrays.copyOf(whole, whole.length * percent / 100);
            Answer answer = caller.put(CLASSIFY, part);
            assertThat(answer.status()).as("%s at %d %%", format, percent).isEqualTo(422);
            answer.problem(422, "INVALID_IMAGE");
        }
    }

    @Test
    void aHeaderThatPromisesTwoAndAHalfBillionPixelsIsRefusedUnread() {
        caller.put(CLASSIFY, Pictures.pngHeader(50_000, 50_000)).problem(413, "TOO_LARGE");
        caller.put(CLASSIFY, Pictures.pngHeader(Integer.MAX_VALUE, Integer.MAX_VALUE))
                .problem(413, "TOO_LARGE");
        caller.put(CLASSIFY, Pictures.pngHeader(0, 10)).problem(422, "INVALID_IMAGE");
    }

    @Test
    void aZipIsNoPhotographWhateverItsNameAndType() {
        caller.post(CLASSIFY, "image/jpeg", Pictures.zip()).problem(415, "UNSUPPORTED_MEDIA_TYPE");
        caller.form(CLASSIFY, "image", Pictures.zip()).problem(415, "UNSUPPORTED_MEDIA_TYPE");
    }

    @Test
    void nothingIsNoImage() {
        caller.put(CLASSIFY, new byte[0]).problem(422, "INVALID_IMAGE");
        caller.form(CLASSIFY, "image", new byte[0]).problem(422, "INVALID_IMAGE");
        assertThat(caller.form(CLASSIFY, "image", new byte[0], new byte[0]).labels())
                .containsExactly("-", "-");
    }

    @Test
    void aSinglePixelIsAnImageAndOfAnAnimationTheFirstFrameCounts() {
        assertThat(caller.put(CLASSIFY, Pictures.onePixel()).labels()).containsExactly("red");
        assertThat(caller.put(CLASSIFY, Pictures.animatedGif()).labels()).containsExactly("red");
    }

    @Test
    void aFileOfTwoKindsIsTheImageItBeginsWithOrNone() {
        assertThat(caller.put(CLASSIFY, Pictures.joined(Pictures.red(), Pictures.zip())).labels())
                .containsExactly("red");
        caller.put(
                        CLASSIFY,
                        "GIF89a\1\0\1\0<script>alert(1)</script>".getBytes(StandardCharsets.UTF_8))
                .problem(422, "INVALID_IMAGE");
    }
}
