package io.dmst.cli;

import io.dmst.bench.HopBench;
import io.dmst.bench.HopReport;
import io.dmst.bench.Photographs;
import io.dmst.bench.Protocol;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dmst bench hop}. */
@Command(
        name = "hop",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description = {
            "Measures what a gateway adds: starts a service that computes itself, an inference node"
                    + " and a gateway before it, each in a process of its own on free ports of this"
                    + " machine, and asks service and gateway in turn, in an order that is drawn"
                    + " anew in each round. All share the processors, unless"
                    + " --server-processors says otherwise."
        })
final class BenchHopCommand implements Callable<Integer> {

    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(names = "--protocol", description = "Of the client: ${COMPLETION-CANDIDATES}.")
    private Protocol protocol = Protocol.REST;

    @Option(names = "--concurrency", paramLabel = "N", description = "Requests at a time.")
    private int concurrency = 1;

    @Option(
            names = "--duration",
            paramLabel = "SECONDS",
            description = "That is measured, of both together.")
    private double duration = 40;

    @Option(names = "--warm-up", paramLabel = "SECONDS", description = "Of both together.")
    private double warmUp = 30;

    @Option(names = "--rounds", description = "In which each has a turn.")
    private int rounds = 20;

    @Option(
            names = "--image",
            paramLabel = "FILE|DIR",
            description = "What is sent, in turn; a bundled photograph if absent.")
    private @Nullable Path image;

    @Mixin private ServerOptions server = new ServerOptions();

    @Mixin private BenchFiles files = new BenchFiles();

    @Override
    public Integer call() throws IOException, InterruptedException {
        HopBench.Settings settings =
                new HopBench.Settings(
                        protocol,
                        concurrency,
                        BenchFiles.seconds(warmUp),
                        BenchFiles.seconds(duration / (2.0 * Math.max(1, rounds))),
                        rounds,
                        server.arguments());
        HopReport report =
                new HopBench(server.program(), settings)
                        .run(
                                Photographs.of(image),
                                line -> spec.commandLine().getErr().println(line));
        spec.commandLine().getOut().print(report.text());
        files.write(report::writeJson, report::writePlot);
        return 0;
    }
}
