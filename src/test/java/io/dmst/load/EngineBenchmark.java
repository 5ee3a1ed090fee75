package io.dmst.load;

import io.dmst.core.checkpoint.ImageSize;
import io.dmst.core.checkpoint.ModelDirectory;
import io.dmst.core.engine.ProbeValues;
import io.dmst.serve.local.BareEngine;
import io.dmst.serve.local.PredictorLoader;
import io.dmst.serve.predict.InferenceProperties.EngineName;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * Time of one classification of a batch by the bundled model, on one thread of the engine that
 * serves, without decoding, queue and metrics.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 5, time = 2)
public class EngineBenchmark {

    private static final int CHANNELS = 3;

    /** Images of one computation. */
    @Param({"1", "8"})
    public int batch;

    private BareEngine engine;
    private List<byte[]> pixels = List.of();

    /** Opens the engine; a dense network takes as long for noise as for photographs. */
    @Setup(Level.Trial)
    public void open() throws IOException {
        ModelDirectory model = PredictorLoader.model(null);
        ImageSize size = model.config().imageSize();
        Random random = new Random(1);
        pixels =
                Stream.generate(() -> new byte[size.height() * size.width() * CHANNELS])
                        .limit(batch)
                        .peek(random::nextBytes)
                        .toList();
        engine = BareEngine.open(model, EngineName.ONNXRUNTIME, "cpu", 1);
    }

    @TearDown(Level.Trial)
    public void close() {
        engine.close();
    }

    @Benchmark
    public List<Map<String, ProbeValues>> classify() {
        return engine.run(pixels, Set.of());
    }

    /** Measures in this process and writes {@code target/load/engine.json}. */
    public static void main(String... arguments) throws IOException, RunnerException {
        new Runner(
                        new OptionsBuilder()
                                .include(EngineBenchmark.class.getName())
                                .forks(0)
                                .resultFormat(ResultFormatType.JSON)
                                .result(LoadFiles.result("engine.json").toString())
                                .build())
                .run();
    }
}
