package io.dmst.cli;

import io.dmst.bench.Program;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** How a measurement starts services in processes of their own. */
final class ServerOptions {

    /** By name, since commands and service do not know each other. */
    private static final String PROGRAM = "io.dmst.DmstApplication";

    @Option(
            names = "--server-argument",
            paramLabel = "ARGUMENT",
            description = "Of the service, such as --server-argument=--dmst.inference.threads=1.")
    private List<String> arguments = new ArrayList<>();

    @Option(
            names = "--jvm-option",
            paramLabel = "OPTION",
            description = "Of the service's virtual machine, such as --jvm-option=-XX:+UseZGC.")
    private List<String> jvmOptions = new ArrayList<>();

    @Option(
            names = "--server-processors",
            split = ",",
            paramLabel = "N",
            description =
                    "On which the service runs alone, counted from 0, such as 0,1; start this"
                            + " program on others then (taskset -c 2-7 bin/dmst bench …). It shares"
                            + " this program's if absent.")
    private List<Integer> processors = new ArrayList<>();

    Program program() {
        return Program.running(PROGRAM, jvmOptions, processors);
    }

    List<String> arguments() {
        return List.copyOf(arguments);
    }
}
