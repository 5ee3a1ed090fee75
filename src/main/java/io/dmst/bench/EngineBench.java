package io.dmst.bench;

import io.dmst.checkpoint.ModelConfig;
import io.dmst.checkpoint.ModelDirectory;
import io.dmst.explain.Explainer;
import io.dmst.explain.Explanation;
import io.dmst.explain.Wanted;
import io.dmst.image.Preprocessor;
import io.dmst.inference.DriftProperties;
import io.dmst.inference.InferenceProperties.EngineName;
import io.dmst.inference.Prediction;
import io.dmst.inference.PredictionMetrics;
import io.dmst.inference.ProbeValues;
import io.dmst.inference.ServedModel;
import io.dmst.inference.session.BareEngine;
import io.dmst.model.Contributions;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What the engine does without a server, and what explaining adds to it: for every batch size all
 * variants are run in turn, in one process, on the same images.
 *
 * <p>With one thread per run and as many workers as processors, time is a measure of work: where
 * several threads share a run, what one thread does after it counts for more than it costs.
 */
public final class EngineBench {

    /** What everything else is compared with. */
    static final String CLASSIFY = "classify";

    /** Long enough that filling the caches anew does not count. */
    private static final Duration TURN = Duration.ofMillis(20);

    /** The same images again and again are unlike any model's data; nobody need be told. */
    private static final int LONG_WINDOW = 1_000_000;

    private final ModelDirectory model;
    private final Settings settings;
    private final LongAdder sink = new LongAdder();

    /**
     * How to measure.
     *
     * @param engine that computes
     * @param device {@code auto}, {@code cpu} or {@code cuda:0}
     * @param threads of one run; 0 for as many as are found worthwhile at the start, as the service
     *     has it
     * @param workers that run at a time
     * @param batches images per run, each at least 1
     * @param warmUp of each batch size
     * @param duration of each batch size
     * @param graphs ONNX files that classify, to compare with, by name
     */
    public record Settings(
            EngineName engine,
            String device,
            int threads,
            int workers,
            List<Integer> batches,
            Duration warmUp,
            Duration duration,
            Map<String, Path> graphs) {

        public Settings {
            batches = List.copyOf(batches);
            if (threads < 0 || workers < 1 || batches.stream().anyMatch(size -> size < 1)) {
                throw new IllegalArgumentException(
                        "threads must be at least 0, workers and batches at least 1");
            }
        }
    }

    /** A measurement of one model. */
    public EngineBench(ModelDirectory model, Settings settings) {
        this.model = model;
        this.settings = settings;
    }

    /**
     * Measures.
     *
     * @param photographs that the batches are made of
     * @throws IOException if a graph cannot be read
     * @throws InterruptedException if the thread is
     */
    public EngineReport run(Photographs photographs) throws IOException, InterruptedException {
        Machine machine = Machine.here();
        ModelConfig config = model.config();
        List<byte[]> pixels =
                photographs.pixels(
                        new Preprocessor(
                                config.imageSize().height(),
                                config.imageSize().width(),
                                config.preprocessing().cropFraction()));
        List<EngineReport.Batch> batches = new ArrayList<>();
        try (Engines engines = new Engines()) {
            for (int size : settings.batches()) {
                List<byte[]> batch =
                        IntStream.range(0, size)
                                .mapToObj(i -> pixels.get(i % pixels.size()))
                                .toList();
                batches.add(measured(size, variants(engines, batch)));
            }
        }
        return new EngineReport(
                machine,
                config.name(),
                model.digest(),
                settings.engine().name(),
                settings.threads(),
                settings.workers(),
                batches);
    }

    private EngineReport.Batch measured(int size, Map<String, Runnable> variants)
            throws InterruptedException {
        List<String> names = List.copyOf(variants.keySet());
        Interleaved.Rounds rounds =
                new Interleaved(
                                List.copyOf(variants.values()),
                                settings.warmUp(),
                                settings.duration(),
                                TURN)
                        .run(settings.workers());
        List<EngineReport.Variant> measured = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            measured.add(
                    EngineReport.Variant.of(
                            names.get(i),
                            rounds.time(i),
                            rounds.ratio(i, names.indexOf(CLASSIFY)),
                            size * settings.workers()));
        }
        return new EngineReport.Batch(size, measured);
    }

    private Map<String, Runnable> variants(Engines engines, List<byte[]> batch) {
        Map<String, Runnable> variants = new LinkedHashMap<>();
        variants.put(CLASSIFY, () -> use(engines.model.run(batch, Set.of())));
        variants.put("recorded", () -> record(engines, batch));
        BareEngine plain = engines.plain;
        if (plain != null) {
            variants.put("plain", () -> use(plain.run(batch, Set.of())));
        }
        if (settings.engine() != EngineName.IDENTITY) {
            variants.putAll(explaining(engines, batch));
        }
        engines.graphs.forEach(
                (name, graph) -> variants.put(name, () -> use(graph.run(batch, Set.of()))));
        return variants;
    }

    private Map<String, Runnable> explaining(Engines engines, List<byte[]> batch) {
        ModelConfig config = model.config();
        Wanted everything = Wanted.everything(config);
        Contributions contributions = Contributions.of(model).orElse(null);
        Explainer exact = new Explainer(config, contributions, everything);
        Explainer maps = new Explainer(config, contributions, everything.withoutExactRates());
        Map<String, Runnable> variants = new LinkedHashMap<>();
        variants.put("explain graph", () -> use(engines.model.run(batch, maps.probes())));
        variants.put("explain maps", () -> explain(engines, batch, maps));
        variants.put("explain exact", () -> explain(engines, batch, exact));
        return variants;
    }

    private void explain(Engines engines, List<byte[]> batch, Explainer explainer) {
        for (Map<String, ProbeValues> image : engines.model.run(batch, explainer.probes())) {
            Map<String, float[]> trace = new HashMap<>();
            image.forEach((probe, values) -> trace.put(probe, values.values()));
            Explanation explanation = explainer.explain(trace, 0);
            sink.add(explanation.layers().size());
        }
    }

    /** What the service does with what its predictions say of themselves. */
    private void record(Engines engines, List<byte[]> batch) {
        for (Prediction prediction : engines.model.predict(batch)) {
            sink.add(engines.metrics.observed(prediction).probabilities().length);
        }
    }

    /** So that no result is computed for nothing. */
    private void use(List<Map<String, ProbeValues>> outputs) {
        sink.add(outputs.size());
    }

    /** Everything native, closed together. */
    private final class Engines implements AutoCloseable {

        private final BareEngine model;
        private final PredictionMetrics metrics =
                new PredictionMetrics(
                        ServedModel.of(EngineBench.this.model),
                        new SimpleMeterRegistry(),
                        new DriftProperties(1, LONG_WINDOW, 0.001));
        private @Nullable BareEngine plain;
        private final Map<String, BareEngine> graphs = new LinkedHashMap<>();

        Engines() throws IOException {
            String device = settings.device();
            int threads = settings.threads();
            model = BareEngine.open(EngineBench.this.model, settings.engine(), device, threads);
            try {
                if (settings.engine() == EngineName.ONNXRUNTIME) {
                    plain = BareEngine.withoutStatistics(EngineBench.this.model, device, threads);
                }
                for (Map.Entry<String, Path> graph : settings.graphs().entrySet()) {
                    byte[] bytes = Files.readAllBytes(graph.getValue());
                    graphs.put(graph.getKey(), BareEngine.ofGraph(bytes, device, threads));
                }
            } catch (IOException | RuntimeException e) {
                close();
                throw e;
            }
        }

        @Override
        public void close() {
            model.close();
            if (plain != null) {
                plain.close();
            }
            graphs.values().forEach(BareEngine::close);
        }
    }
}
