package io.dmst.cli;

import ch.qos.logback.classic.Level;
import io.dmst.core.checkpoint.CheckpointException;
import io.dmst.core.onnx.OnnxExport;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The root of the command line; without a command the service starts instead. */
@Command(
        name = "dmst",
        mixinStandardHelpOptions = true,
        versionProvider = Dmst.Version.class,
        description = "Trains, checks, exports and serves a white-box vision transformer.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            ServeCommand.class,
            ProbeCommand.class,
            TrainCommand.class,
            EvaluateCommand.class,
            ClassifyCommand.class,
            ExplainCommand.class,
            ExportCommand.class,
            VerifyCommand.class,
            GoldenCommand.class,
            ProfileCommand.class,
            StudyCommand.class
        })
public final class Dmst implements Runnable {

    /** What {@code --version} says. */
    static final class Version implements IVersionProvider {

        @Override
        public String[] getVersion() {
            return new String[] {"dmst " + OnnxExport.productVersion()};
        }
    }

    private static final Set<String> GLOBAL_OPTIONS = Set.of("-h", "--help", "-V", "--version");

    @Spec private CommandSpec spec = CommandSpec.create();

    /**
     * Whether these arguments are a command other than {@code serve}.
     *
     * @param args of the process
     */
    public static boolean isCommand(String... args) {
        if (args.length == 0) {
            return false;
        }
        return isServe(args)
                ? args.length > 1 && GLOBAL_OPTIONS.contains(args[1])
                : GLOBAL_OPTIONS.contains(args[0]) || !args[0].startsWith("-");
    }

    /**
     * Whether these arguments begin with the command {@code serve}.
     *
     * @param args of the process
     */
    public static boolean isServe(String... args) {
        return args.length > 0 && args[0].equals("serve");
    }

    /**
     * Runs a command.
     *
     * @param args its name, options and parameters
     * @return exit status: 0 for success, 1 for a failure that the command reports, 2 for wrong
     *     usage
     */
    public static int run(String... args) {
        quietLibraries();
        CommandLine line = commandLine();
        int status = line.execute(args);
        line.getOut().flush();
        line.getErr().flush();
        return status;
    }

    /** A command's output is its own: of the libraries only warnings are of interest. */
    private static void quietLibraries() {
        if (LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)
                instanceof ch.qos.logback.classic.Logger root) {
            root.setLevel(Level.WARN);
        }
    }

    /** The parser, for help texts and tests. */
    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new Dmst());
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setExecutionExceptionHandler(Dmst::report);
        return line;
    }

    /** Expected failures in one line; faults of ours with their stack. */
    private static int report(Exception failure, CommandLine line, CommandLine.ParseResult parsed) {
        PrintWriter err = line.getErr();
        if (failure instanceof NoSuchFileException missing && missing.getReason() == null) {
            err.println(line.getColorScheme().errorText("dmst: no file " + missing.getFile()));
        } else if (EXPECTED.stream().anyMatch(type -> type.isInstance(failure))) {
            err.println(line.getColorScheme().errorText("dmst: " + failure.getMessage()));
        } else {
            failure.printStackTrace(err);
        }
        return line.getCommandSpec().exitCodeOnExecutionException();
    }

    private static final List<Class<? extends Exception>> EXPECTED =
            List.of(IllegalArgumentException.class, CheckpointException.class, IOException.class);

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Which command?");
    }
}
