package io.dmst.cli;

import io.dmst.bench.Photographs;
import io.dmst.bench.SoakBench;
import io.dmst.bench.SoakReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dmst bench soak}. */
@Command(
        name = "soak",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description = {
            "Starts a server on free ports of this machine and sends it good, bad, slow and"
                    + " cancelled requests for a long time, by HTTP and gRPC, at a moderate rate."
                    + " Exits with 0 if no answer was lost, wrong or double, and the server's"
                    + " memory, files and threads did not grow."
        })
final class BenchSoakCommand implements Callable<Integer> {

    /** By name, since commands and service do not know each other. */
    private static final String PROGRAM = "io.dmst.DmstApplication";

    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(names = "--duration", paramLabel = "SECONDS", description = "In all.")
    private double duration = 1_800;

    @Option(
            names = "--warm-up",
            paramLabel = "SECONDS",
            description = "Of it, after which nothing may grow; a quarter, and 5 minutes at most.")
    private @Nullable Double warmUp;

    @Option(names = "--rate", description = "Requests per second, all kinds together.")
    private double rate = 40;

    @Option(
            names = "--image",
            paramLabel = "FILE",
            description = "What is sent; a bundled photograph if absent.")
    private @Nullable Path image;

    @Option(
            names = "--server-argument",
            paramLabel = "ARGUMENT",
            description = "Of the service, such as --server-argument=--dmst.inference.threads=1.")
    private List<String> serverArguments = new ArrayList<>();

    @Option(names = "--json", paramLabel = "FILE", description = "Writes all numbers as JSON.")
    private @Nullable Path json;

    @Override
    public Integer call() throws IOException, InterruptedException {
        double warming = warmUp == null ? Math.min(300, duration / 4) : warmUp;
        SoakReport report =
                new SoakBench(
                                System.getProperty("java.class.path", ""),
                                new SoakBench.Settings(
                                        BenchFiles.seconds(duration),
                                        BenchFiles.seconds(warming),
                                        rate,
                                        PROGRAM,
                                        serverArguments),
                                Photographs.of(image))
                        .run(line -> spec.commandLine().getErr().println(line));
        spec.commandLine().getOut().print(report.text());
        if (json != null) {
            report.writeJson(json);
        }
        return report.good() ? 0 : 1;
    }
}
