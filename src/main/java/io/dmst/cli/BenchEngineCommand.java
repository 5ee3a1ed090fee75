package io.dmst.cli;

import io.dmst.bench.EngineBench;
import io.dmst.bench.EngineReport;
import io.dmst.bench.Photographs;
import io.dmst.inference.InferenceProperties.EngineName;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dmst bench engine}. */
@Command(
        name = "engine",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description = {
            "Measures the bare engine: what a service can reach at best, and what explaining adds.",
            "All variants run in turn in one process, so that their ratios hold on a busy machine"
                    + " too: classify; recorded (and what the service does with the answer's"
                    + " statistics: typicality, metrics, drift); plain (the graph without them);"
                    + " explain graph (the graph that also gives the maps of all"
                    + " layers); explain maps (and the explanation made of them); explain exact"
                    + " (and the exact log-determinants R and R_c). JSON encoding is not in it."
        })
final class BenchEngineCommand implements Callable<Integer> {

    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(names = "--model", paramLabel = "DIR", description = "The bundled model if absent.")
    private @Nullable Path model;

    @Option(names = "--engine", description = "What computes: ${COMPLETION-CANDIDATES}.")
    private EngineName engine = EngineName.ONNXRUNTIME;

    @Option(names = "--device", description = "auto, cpu or cuda:0.")
    private String device = "auto";

    @Option(
            names = "--threads",
            description =
                    "Of one run; 0 for one per physical core, as the service has it. With 1, time"
                            + " is a measure of work.")
    private int threads = 1;

    @Option(names = "--workers", description = "Runs at a time.")
    private int workers = 1;

    @Option(names = "--batch", split = ",", description = "Images per run.")
    private List<Integer> batches = List.of(1, 2, 4, 8);

    @Option(names = "--duration", paramLabel = "SECONDS", description = "Of each batch size.")
    private double duration = 10;

    @Option(names = "--warm-up", paramLabel = "SECONDS", description = "Of each batch size.")
    private double warmUp = 5;

    @Option(
            names = "--image",
            paramLabel = "FILE|DIR",
            description = "What is classified; a bundled photograph if absent.")
    private @Nullable Path image;

    @Option(
            names = "--graph",
            paramLabel = "NAME=FILE",
            description =
                    "An ONNX file that takes the same pixels, as `dmst export` writes it, to run"
                            + " in turn with the others: another version of the graph, for"
                            + " example.")
    private Map<String, Path> graphs = new LinkedHashMap<>();

    @Mixin private BenchFiles files = new BenchFiles();

    @Override
    public Integer call() throws IOException, InterruptedException {
        EngineBench.Settings settings =
                new EngineBench.Settings(
                        engine,
                        device,
                        threads,
                        workers,
                        batches,
                        BenchFiles.seconds(warmUp),
                        BenchFiles.seconds(duration),
                        graphs);
        EngineReport report =
                new EngineBench(LocalModel.directory(model), settings).run(Photographs.of(image));
        spec.commandLine().getOut().print(report.text());
        files.write(report::writeJson, report::writePlot);
        return 0;
    }
}
