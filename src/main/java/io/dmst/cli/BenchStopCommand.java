package io.dmst.cli;

import io.dmst.bench.StopBench;
import io.dmst.bench.StopReport;
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

/** {@code dmst bench stop}. */
@Command(
        name = "stop",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description = {
            "Starts servers on free ports of this machine, puts each under full load by HTTP and"
                    + " gRPC, stops it, and counts the requests without an answer; then kills some"
                    + " and sees that clients can go on elsewhere. Exits with 0 if none was lost."
        })
final class BenchStopCommand implements Callable<Integer> {

    /** By name, since commands and service do not know each other. */
    private static final String PROGRAM = "io.dmst.DmstApplication";

    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(names = "--stops", description = "Servers that are stopped.")
    private int stops = 20;

    @Option(names = "--kills", description = "Servers that are killed.")
    private int kills = 2;

    @Option(names = "--clients", description = "That ask at a time.")
    private int clients = 12;

    @Option(
            names = "--server-argument",
            paramLabel = "ARGUMENT",
            description = "Of the service, such as --server-argument=--dmst.pipeline.quiet=1s.")
    private List<String> serverArguments = new ArrayList<>();

    @Option(names = "--json", paramLabel = "FILE", description = "Writes all numbers as JSON.")
    private @Nullable Path json;

    @Override
    public Integer call() throws IOException, InterruptedException {
        StopReport report =
                new StopBench(
                                System.getProperty("java.class.path", ""),
                                new StopBench.Settings(
                                        stops, kills, clients, PROGRAM, serverArguments))
                        .run(line -> spec.commandLine().getErr().println(line));
        spec.commandLine().getOut().print(report.text());
        if (json != null) {
            report.writeJson(json);
        }
        return report.good() ? 0 : 1;
    }
}
