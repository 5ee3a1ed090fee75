package io.dmst.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code dmst bench}: the commands that measure. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = "Measures the engine, a server under load, or the server's own cost.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            BenchEngineCommand.class,
            BenchLoadCommand.class,
            BenchOverheadCommand.class,
            BenchServiceCommand.class,
            BenchOverloadCommand.class,
            BenchHopCommand.class,
            BenchSoakCommand.class,
            BenchStopCommand.class
        })
final class BenchCommand implements Runnable {

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Which measurement?");
    }
}
