package io.dmst.cli;

import io.dmst.bench.OverloadBench;
import io.dmst.bench.OverloadReport;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dmst bench overload}. */
@Command(
        name = "overload",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description = {
            "Measures what a service still answers in time when it is asked for several times what"
                    + " it bears: a service in a process of its own, under as many users as saturate"
                    + " it, and under an open loop at a multiple of what they have just reached, in"
                    + " turn.",
            "Client and service share the processors, unless --server-processors says otherwise."
        })
final class BenchOverloadCommand implements Callable<Integer> {

    @Spec private CommandSpec spec = CommandSpec.create();

    @Mixin private RoundOptions rounds = new RoundOptions(64, 160, 8);

    @Option(
            names = "--times",
            paramLabel = "N",
            description = "What the users reach, that is asked for.")
    private double times = 3;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            description = "Of a request in the overload.")
    private double timeout = 0.5;

    @Mixin private ServerOptions server = new ServerOptions();

    @Mixin private BenchFiles files = new BenchFiles();

    @Override
    public Integer call() throws IOException, InterruptedException {
        OverloadBench.Settings settings =
                new OverloadBench.Settings(
                        rounds.protocol(),
                        rounds.concurrency(),
                        times,
                        BenchFiles.seconds(timeout),
                        rounds.warmUp(),
                        rounds.turn(),
                        rounds.rounds(),
                        server.arguments());
        OverloadReport report =
                new OverloadBench(server.program(), settings)
                        .run(
                                rounds.photographs(),
                                line -> spec.commandLine().getErr().println(line));
        spec.commandLine().getOut().print(report.text());
        files.write(report::writeJson, report::writePlot);
        return 0;
    }
}
