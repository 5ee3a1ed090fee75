package io.dmst.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/** Describes the service among the commands; the program starts it before commands are parsed. */
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        description = {
            "Serves models over HTTP (port 8080) and gRPC (port 8081) until it is stopped, as the"
                    + " program without a command does.",
            "Settings are given as --dmst.GROUP.NAME=VALUE; docs/reference/configuration.md lists"
                    + " them.",
            "",
            "Example: dmst serve --dmst.inference.model=my-model --server.port=9000"
        })
final class ServeCommand implements Runnable {

    @Unmatched private final List<String> settings = new ArrayList<>();

    @Override
    public void run() {
        throw new IllegalArgumentException("serve must be the first argument, before " + settings);
    }
}
