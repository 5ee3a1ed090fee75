package io.dmst.cli;

import io.dmst.bench.LoadBench;
import io.dmst.bench.OverheadBench;
import io.dmst.bench.OverheadReport;
import io.dmst.bench.Protocol;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dmst bench overhead}. */
@Command(
        name = "overhead",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description = {
            "Measures what the server itself costs: starts one in a process of its own, with a"
                    + " model that costs next to nothing, on a free port of this machine, searches"
                    + " its saturation and puts it under a share of it, in an open loop, by one"
                    + " protocol after the other. Client and server share the processors, unless"
                    + " --server-processors says otherwise."
        })
final class BenchOverheadCommand implements Callable<Integer> {

    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(names = "--share", description = "Of the saturation.")
    private double share = 0.5;

    @Option(
            names = "--protocol",
            split = ",",
            description = "Those that are measured: ${COMPLETION-CANDIDATES}.")
    private List<Protocol> protocols = List.of(Protocol.REST, Protocol.GRPC);

    @Option(names = "--duration", paramLabel = "SECONDS", description = "That is measured.")
    private double duration = 10;

    @Option(names = "--warm-up", paramLabel = "SECONDS", description = "Before that.")
    private double warmUp = 10;

    @Option(
            names = "--probe",
            paramLabel = "SECONDS",
            description = "Of each step of the search for the saturation.")
    private double probe = 3;

    @Option(names = "--seed", description = "Of the gaps between requests.")
    private long seed = 1;

    @Mixin private ServerOptions server = new ServerOptions();

    @Mixin private BenchFiles files = new BenchFiles();

    @Override
    public Integer call() throws IOException, InterruptedException {
        OverheadBench.Settings settings =
                new OverheadBench.Settings(
                        share,
                        new LoadBench.Settings(
                                BenchFiles.seconds(warmUp),
                                BenchFiles.seconds(duration),
                                BenchFiles.seconds(probe),
                                null,
                                seed),
                        protocols,
                        server.arguments());
        OverheadReport report =
                new OverheadBench(server.program(), settings)
                        .run(line -> spec.commandLine().getErr().println(line));
        spec.commandLine().getOut().print(report.text());
        files.write(report::writeJson, report::writePlot);
        return 0;
    }
}
