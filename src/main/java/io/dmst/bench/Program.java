package io.dmst.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;

/**
 * How this program is started as a service in a process of its own.
 *
 * @param classPath of it, or its jar
 * @param mainClass not used where the class path is its jar
 * @param jvmOptions of the virtual machine
 */
public record Program(String classPath, String mainClass, List<String> jvmOptions) {

    /** Key of the port for health and metrics. */
    static final String MANAGEMENT_PORT = "management.server.port";

    private static final List<String> PORTS =
            List.of("server.port", MANAGEMENT_PORT, "spring.grpc.server.port");

    public Program {
        jvmOptions = List.copyOf(jvmOptions);
    }

    /** The one that runs now. */
    public static Program running(String mainClass, List<String> jvmOptions) {
        return new Program(System.getProperty("java.class.path", ""), mainClass, jvmOptions);
    }

    /** Its command line, for ports that the system chooses where the arguments name none. */
    List<String> command(List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElse("java"));
        command.add("--enable-native-access=ALL-UNNAMED");
        command.addAll(jvmOptions);
        command.addAll(isJar() ? List.of("-jar", classPath) : List.of("-cp", classPath, mainClass));
        PORTS.stream()
                .map(key -> "--" + key + "=")
                .filter(option -> arguments.stream().noneMatch(other -> other.startsWith(option)))
                .forEach(option -> command.add(option + 0));
        command.addAll(arguments);
        return command;
    }

    private boolean isJar() throws IOException {
        if (!classPath.endsWith(".jar") || !Path.of(classPath).toFile().isFile()) {
            return false;
        }
        try (JarFile jar = new JarFile(classPath)) {
            return jar.getEntry("BOOT-INF/") != null;
        }
    }
}
