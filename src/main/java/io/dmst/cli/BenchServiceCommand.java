package io.dmst.cli;

import io.dmst.bench.ServiceBench;
import io.dmst.bench.ServiceReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dmst bench service}. */
@Command(
        name = "service",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description = {
            "Measures how much of what the processors can do a service reaches: a loop that"
                    + " decodes, resizes and computes with one thread per processor in this"
                    + " process, and a service in a process of its own under the load of enough"
                    + " users to saturate it, in turn; then the service with one user.",
            "Client and service share the processors, unless --server-processors says otherwise;"
                    + " what the client takes of them is told."
        })
final class BenchServiceCommand implements Callable<Integer> {

    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(names = "--model", paramLabel = "DIR", description = "The bundled model if absent.")
    private @Nullable Path model;

    @Mixin private RoundOptions rounds = new RoundOptions(64, 60, 12);

    @Option(
            names = "--batch",
            description =
                    "Images that the bare loop computes together; 0 for batches of the sizes that the"
                            + " service's have.")
    private int batch = 0;

    @Mixin private ServerOptions server = new ServerOptions();

    @Mixin private BenchFiles files = new BenchFiles();

    @Override
    public Integer call() throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(server.arguments());
        if (model != null) {
            arguments.add("--dmst.inference.model=" + model);
        }
        ServiceBench.Settings settings =
                new ServiceBench.Settings(
                        rounds.protocol(),
                        rounds.concurrency(),
                        rounds.warmUp(),
                        rounds.turn(),
                        rounds.rounds(),
                        batch,
                        arguments);
        ServiceReport report =
                new ServiceBench(server.program(), LocalModel.directory(model), settings)
                        .run(
                                rounds.photographs(),
                                line -> spec.commandLine().getErr().println(line));
        spec.commandLine().getOut().print(report.text());
        files.write(report::writeJson, report::writePlot);
        return 0;
    }
}
