package io.dmst.cli;

import io.dmst.bench.HopBench;
import io.dmst.bench.HopReport;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
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

    @Mixin private RoundOptions rounds = new RoundOptions(1, 40, 20);

    @Mixin private ServerOptions server = new ServerOptions();

    @Mixin private BenchFiles files = new BenchFiles();

    @Override
    public Integer call() throws IOException, InterruptedException {
        HopBench.Settings settings =
                new HopBench.Settings(
                        rounds.protocol(),
                        rounds.concurrency(),
                        rounds.warmUp(),
                        rounds.turn(),
                        rounds.rounds(),
                        server.arguments());
        HopReport report =
                new HopBench(server.program(), settings)
                        .run(
                                rounds.photographs(),
                                line -> spec.commandLine().getErr().println(line));
        spec.commandLine().getOut().print(report.text());
        files.write(report::writeJson, report::writePlot);
        return 0;
    }
}
