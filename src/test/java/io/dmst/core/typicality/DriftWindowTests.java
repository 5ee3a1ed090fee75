package io.dmst.core.typicality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DriftWindowTests {

    private static final int WINDOW = 256;

    private final Typicality typicality = new Typicality(Vectors.reference(20_000));

    private List<Verdict> verdicts(DriftWindow window, int images, UnaryOperator<double[]> change) {
        Vectors vectors = new Vectors(77);
        List<Verdict> verdicts = new ArrayList<>();
        for (int i = 0; i < images; i++) {
            double[] vector = change.apply(vectors.one());
            Verdict verdict = window.add(vector, typicality.of(vector));
            if (verdict != null) {
                verdicts.add(verdict);
            }
        }
        return verdicts;
    }

    private DriftWindow window(int images, double falseAlarms) {
        return new DriftWindow(typicality, images, falseAlarms);
    }

    @ParameterizedTest
    @ValueSource(ints = {32, 100, 256, 1024})
    void imagesOfTheReferencesKindAlarmNoMoreOftenThanStated(int images) {
        double stated = 0.02;
        List<Verdict> verdicts = verdicts(window(images, stated), 2_000 * images, v -> v);
        long alarms = verdicts.stream().filter(Verdict::alarm).count();
        // three standard deviations above what is stated; the seed is fixed
        double bound = stated + 3 * Math.sqrt(stated / verdicts.size());
        assertThat((double) alarms / verdicts.size()).isLessThan(bound);
    }

    @Test
    void aMeanThatMovesEitherWayAlarmsWithinOneWindow() {
        for (int side : new int[] {-1, 1}) {
            List<Verdict> verdicts =
                    verdicts(
                            window(WINDOW, 0.001),
                            WINDOW,
                            v -> {
                                v[4] += side * 5;
                                return v;
                            });
            assertThat(verdicts).isNotEmpty();
            Verdict first = verdicts.getFirst();
            assertThat(first.alarm()).isTrue();
            assertThat(first.shift()).isGreaterThan(1);
            assertThat(first.moved()).isEqualTo("coding rate of layer 1");
            assertThat(Math.signum(first.deviations())).isEqualTo(side);
        }
    }

    @Test
    void aSpreadThatGrowsOrShrinksAboutTheSameMeanAlarmsToo() {
        double[] mean = typicality.reference().mean();
        for (double factor : new double[] {0.3, 2.5}) {
            List<Verdict> verdicts =
                    verdicts(
                            window(WINDOW, 0.001),
                            WINDOW,
                            v -> {
                                for (int i = 0; i < v.length; i++) {
                                    v[i] = mean[i] + factor * (v[i] - mean[i]);
                                }
                                return v;
                            });
            assertThat(verdicts).isNotEmpty().allMatch(Verdict::alarm);
            assertThat(verdicts.getFirst().spread()).isGreaterThan(1);
        }
    }

    @Test
    void aStrongDriftEndsTheWindowEarlyAndTheNextOneBeginsAnew() {
        DriftWindow window = window(WINDOW, 0.001);
        List<Verdict> strong =
                verdicts(
                        window,
                        64,
                        v -> {
                            v[0] += 100;
                            return v;
                        });
        assertThat(strong).extracting(Verdict::images).containsExactly(32, 32);
        List<Verdict> quiet = verdicts(window, WINDOW, v -> v);
        assertThat(quiet).singleElement().matches(verdict -> !verdict.alarm());
        assertThat(quiet.getFirst().images()).isEqualTo(WINDOW);
    }

    @Test
    void whatIsNoNumberAlarms() {
        List<Verdict> verdicts =
                verdicts(
                        window(WINDOW, 0.001),
                        32,
                        v -> {
                            v[1] = Double.NaN;
                            return v;
                        });
        assertThat(verdicts).singleElement().matches(Verdict::alarm);
    }

    @Test
    void everyImageOfManyThreadsCountsInExactlyOneWindow() throws InterruptedException {
        int threads = 8;
        int each = 32 * WINDOW;
        DriftWindow window = window(WINDOW, 1e-9);
        ConcurrentLinkedQueue<Verdict> verdicts = new ConcurrentLinkedQueue<>();
        CountDownLatch together = new CountDownLatch(threads);
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            for (int thread = 0; thread < threads; thread++) {
                Vectors vectors = new Vectors(thread);
                pool.execute(() -> {
                    together.countDown();
                    for (int i = 0; i < each; i++) {
                        double[] vector = vectors.one();
                        Verdict verdict = window.add(vector, typicality.of(vector));
                        if (verdict != null) {
                            verdicts.add(verdict);
                        }
                    }
                });
            }
        }
        assertThat(verdicts).hasSize(threads * each / WINDOW);
        assertThat(verdicts).allMatch(verdict -> verdict.images() == WINDOW && !verdict.alarm());
    }

    @Test
    void aWindowTooSmallForAMeanIsRefused() {
        assertThatThrownBy(() -> window(31, 0.001)).hasMessageContaining("at least 32 images");
        assertThatThrownBy(() -> window(32, 0)).hasMessageContaining("false alarms");
    }
}
