package io.dmst.bench;

import java.io.File;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** What the tests start in processes of their own. */
final class Programs {

    private Programs() {}

    /** The program, without its tests. */
    static Program ourOwn() {
        String classPath =
                Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                        .filter(entry -> !entry.contains("test-classes"))
                        .collect(Collectors.joining(File.pathSeparator));
        return new Program(classPath, "io.dmst.DmstApplication", List.of());
    }
}
