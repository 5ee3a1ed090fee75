package io.dmst.lab.study;

import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.jar.JarFile;
import java.util.regex.Pattern;

/**
 * How this program runs a command of its own in another process: same Java, same options of the
 * virtual machine (but for agents and recordings), same jar or class path, at the lowest priority
 * where the system has {@code nice}.
 *
 * @param words that stand before the command's
 */
public record ChildCommand(List<String> words) {

    private static final Predicate<String> OF_THIS_PROCESS_ALONE =
            Pattern.compile("-agent.*|-javaagent.*|-Xrun.*|-XX:StartFlightRecording.*")
                    .asMatchPredicate();

    public ChildCommand {
        words = List.copyOf(words);
    }

    /**
     * The program that runs now.
     *
     * @param mainClass of it, not used where the class path is its jar
     * @throws IOException if that jar cannot be read
     */
    public static ChildCommand running(String mainClass) throws IOException {
        List<String> words = new ArrayList<>();
        if (isOnPath("nice")) {
            words.addAll(List.of("nice", "-n", "19"));
        }
        words.add(ProcessHandle.current().info().command().orElse("java"));
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(OF_THIS_PROCESS_ALONE.negate())
                .forEach(words::add);
        String classPath = System.getProperty("java.class.path", "");
        words.addAll(
                isJar(classPath)
                        ? List.of("-jar", classPath)
                        : List.of("-cp", classPath, mainClass));
        return new ChildCommand(words);
    }

    /** The whole command line. */
    List<String> with(List<String> command) {
        List<String> all = new ArrayList<>(words);
        all.addAll(command);
        return all;
    }

    private static boolean isOnPath(String program) {
        String path = System.getenv().getOrDefault("PATH", "");
        for (String folder : path.split(File.pathSeparator, -1)) {
            if (Files.isExecutable(Path.of(folder, program))) {
                return true;
            }
        }
        return false;
    }

    private static boolean isJar(String classPath) throws IOException {
        if (!classPath.endsWith(".jar") || !Files.isRegularFile(Path.of(classPath))) {
            return false;
        }
        try (JarFile jar = new JarFile(classPath)) {
            return jar.getEntry("BOOT-INF/") != null;
        }
    }
}
