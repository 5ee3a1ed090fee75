package io.dmst.cli;

import io.dmst.bench.LoadBench;
import io.dmst.bench.LoadReport;
import io.dmst.bench.Machine;
import io.dmst.bench.Photographs;
import io.dmst.bench.Target;
import io.dmst.bench.Targets;
import io.dmst.bench.Targets.Operation;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dmst bench load}. */
@Command(
        name = "load",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description = {
            "Puts a running server under load and reports throughput, latency and refusals.",
            "With --rate the loop is open: requests come at that mean rate with Poisson gaps,"
                    + " whatever becomes of them, and latency counts from the intended time of"
                    + " sending, so that a stall is charged with all that it delayed. With"
                    + " --concurrency it is closed.",
            "Exits with 1 if no request was answered well."
        })
final class BenchLoadCommand implements Callable<Integer> {

    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(
            arity = "1..*",
            paramLabel = "URL",
            description = {
                "Of a server; several are asked in turn. http://HOST:PORT sends raw bodies (to"
                        + " /v1/classify or /v1/explain, unless there is a path);"
                        + " grpc://HOST:PORT calls dmst.v1.VisionService;"
                        + " oip+http://HOST:PORT[/MODEL] and oip+grpc://HOST:PORT[/MODEL] speak"
                        + " the Open Inference Protocol with raw contents: the encoded file, or"
                        + " with ?input=pixels what the model takes, made beforehand."
            })
    private List<URI> addresses = List.of();

    @ArgGroup(multiplicity = "1")
    private LoadWay way = new LoadWay();

    @Option(names = "--operation", description = "What is asked: ${COMPLETION-CANDIDATES}.")
    private Operation operation = Operation.CLASSIFY;

    @Option(names = "--duration", paramLabel = "SECONDS", description = "That is measured.")
    private double duration = 10;

    @Option(names = "--warm-up", paramLabel = "SECONDS", description = "Before that.")
    private double warmUp = 5;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            description =
                    "Sent as Request-Timeout or gRPC's deadline; answers that take longer are no"
                            + " goodput. The server's default if absent.")
    private @Nullable Double timeout;

    @Option(
            names = "--image",
            paramLabel = "FILE|DIR",
            description = "What is sent, in turn; a bundled photograph if absent.")
    private @Nullable Path image;

    @Option(
            names = "--probe",
            paramLabel = "SECONDS",
            description = "Of each step of the search for the saturation.")
    private double probe = 3;

    @Option(names = "--seed", description = "Of the gaps between requests.")
    private long seed = 1;

    @Mixin private BenchFiles files = new BenchFiles();

    @Override
    public Integer call() throws IOException, InterruptedException {
        Duration limit = timeout == null ? null : BenchFiles.seconds(timeout);
        Photographs photographs = Photographs.of(image);
        Machine machine = Machine.here();
        LoadWay.Run run;
        try (Target target = Targets.of(addresses, operation, limit)) {
            LoadBench bench =
                    new LoadBench(
                            target,
                            photographs,
                            new LoadBench.Settings(
                                    BenchFiles.seconds(warmUp),
                                    BenchFiles.seconds(duration),
                                    BenchFiles.seconds(probe),
                                    limit,
                                    seed));
            run = way.run(bench, line -> spec.commandLine().getErr().println(line));
        }
        LoadReport report = report(machine, photographs, run);
        spec.commandLine().getOut().print(report.text());
        files.write(report::writeJson, report::writePlot);
        return run.measured().latency().count() > 0 ? 0 : 1;
    }

    private LoadReport report(Machine machine, Photographs photographs, LoadWay.Run run) {
        LoadReport.Asked asked =
                new LoadReport.Asked(
                        operation.name().toLowerCase(Locale.ROOT),
                        run.rate(),
                        run.users(),
                        timeout,
                        photographs.files().size());
        return new LoadReport(
                machine,
                addresses.stream().map(URI::toString).toList(),
                asked,
                run.saturation(),
                run.measured());
    }
}
